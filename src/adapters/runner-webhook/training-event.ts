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
