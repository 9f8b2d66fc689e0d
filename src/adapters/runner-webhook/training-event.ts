import { createHmac } from "node:crypto";
import type { ParameterValue } from "../../core/policy/trainer-parameters.ts";

/** What another system is told of a training. Files are URLs, or paths that it sees as well. */
export interface TrainingData {
  readonly run_id: string;
  readonly attempt: number;
  readonly command: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** From then on nothing is taken any more. */
  readonly deadline: string;
  /** Labelled rows, Parquet. */
  readonly training: string;
  /** Rows to predict, Parquet. */
  readonly evaluation: string;
  /** Where `result.json` is to be brought or written. */
  readonly result: string;
  /** Where `predictions.parquet` is to be brought or written. */
  readonly predictions: string;
  /** Where the end is to be told. */
  readonly callback?: string;
}

/** A CloudEvent 1.0 in structured mode. */
export interface TrainingEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: "driftward.training.requested" | "driftward.training.unwanted";
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly data: TrainingData | Pick<TrainingData, "run_id" | "attempt">;
}

/**
 * Fills `{{name}}` in every text of a value; a text that is nothing but one of them becomes the text it stands for.
 * What is filled in stays within its text: it cannot become another field.
 *
 * @param words   what may stand in braces
 * @param encode  how a word is written, such as for a URL
 */
export function fillIn(
  template: unknown,
  words: Readonly<Record<string, string>>,
  encode: (word: string) => string = (word) => word,
): unknown {
  if (typeof template === "string")
    return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (braces, name: string) =>
      Object.hasOwn(words, name) ? encode(words[name] ?? "") : braces,
    );
  if (Array.isArray(template)) return template.map((one) => fillIn(one, words, encode));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillIn(value, words, encode)]));
}

/** The words that a body may name: the event's data, each as a text, and the event as a whole. */
export function wordsOf(event: TrainingEvent, key: string): Readonly<Record<string, string>> {
  const data = Object.entries(event.data).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { ...Object.fromEntries(data), key, event: JSON.stringify(event) };
}

/**
 * Headers by which a receiver knows that a body came from Driftward, and when (standardwebhooks.com): an HMAC-SHA256
 * over id, time and body.
 *
 * @param secret  `whsec_` and base64, as the specification has it; any other text is taken as it is
 */
export function signatureHeaders(
  secret: string,
  { id, body, at }: { readonly id: string; readonly body: string; readonly at: Date },
): Readonly<Record<string, string>> {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}
