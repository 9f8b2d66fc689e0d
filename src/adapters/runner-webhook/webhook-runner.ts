import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import type { Launch, Progress, Runner, WebhookSettings } from "../../ports/runner.ts";
import { progressOf } from "../attempts/attempt-end.ts";
import { forgetAttempts } from "../attempts/forget-attempts.ts";
import { lastLines } from "../attempts/log-lines.ts";
import type { GuardedAnswer, GuardedFetch } from "../guarded-http/guarded-fetch.ts";
import { canSign, signatureHeaders } from "../guarded-http/signature-headers.ts";
import { fillIn, type TrainingData, type TrainingEvent, wordsOf } from "./training-event.ts";
import { endInStatus } from "./training-status.ts";
import { WebhookFolder, type WebhookSpec } from "./webhook-folder.ts";

export interface WebhookRunnerOptions {
  /** Folder that holds one folder an attempt. */
  readonly root: string;
  /** Where headers and secrets are taken from, by the names that a trainer gives. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch: GuardedFetch;
  /** Where other systems reach Driftward, without a slash at its end; absent: nobody can call back. */
  readonly publicUrl: string | undefined;
}

/**
 * Hands trainings to another system by a request, and learns their end by a callback or by asking. The request is sent
 * at least once, always with the same Idempotency-Key: a crash between sending and noting the answer sends it again.
 */
export function webhookRunner(options: WebhookRunnerOptions): Runner {
  const starting = new Map<string, Promise<void>>();
  return {
    name: "webhook",
    start(launch) {
      const current = starting.get(launch.key) ?? start(options, launch).finally(() => starting.delete(launch.key));
      starting.set(launch.key, current);
      return current;
    },
    poll: (key) => poll(options, key),
    cancel: (key) => cancel(options, key),
    async logs(key, lines) {
      const text = await readFile(new WebhookFolder(options.root, key).log, "utf8").catch(() => "");
      return lastLines(text, lines);
    },
    forget: (isOver) =>
      forgetAttempts(options.root, isOver, async (key) => {
        const folder = new WebhookFolder(options.root, key);
        return (await folder.readEnd()) !== undefined || (await folder.isCancelAsked());
      }),
  };
}

async function start(options: WebhookRunnerOptions, launch: Launch): Promise<void> {
  const settings = launch.webhook;
  if (settings === undefined)
    throw new DriftwardError("InvalidConfig", "expected a trainer of runner webhook to name a url, got none");
  const folder = new WebhookFolder(options.root, launch.key);
  await folder.make();
  if ((await folder.readEnd()) !== undefined || (await folder.isCancelAsked()) || (await folder.wasAccepted())) return;
  await folder.writeSpec(specOf(launch, settings, new Date()));
  const spec = await folder.readSpec();
  if (spec === undefined) throw new Error(`the spec of ${launch.key} vanished`);
  if (new Date() >= new Date(spec.deadline)) {
    await folder.settle({ state: "timed out" });
    return;
  }
  const missing = [...Object.values(spec.headers), ...(spec.secret === undefined ? [] : [spec.secret])].filter(
    (name) => options.environment[name] === undefined,
  );
  if (missing.length > 0) {
    await folder.settle({ state: "failed", message: `expected ${missing.join(", ")} in the environment, found none` });
    return;
  }
  if (spec.secret !== undefined && !canSign(options.environment[spec.secret] ?? "")) {
    const message = `expected a signing secret in ${spec.secret} of the environment, got one without a key`;
    await folder.settle({ state: "failed", message });
    return;
  }
  await request(options, folder, launch, settings, spec);
  if (await folder.isCancelAsked()) await tellUnwanted(options, launch.key, spec);
}

function specOf(launch: Launch, { headers, secret, statusUrl, statusField, cancelUrl }: WebhookSettings, now: Date) {
  const { key, runId, attempt, files } = launch;
  const words = { key, run_id: runId, attempt: String(attempt) };
  const url = (template: string) => String(fillIn(template, words, encodeURIComponent));
  return {
    runId,
    attempt,
    startedAt: now.toISOString(),
    deadline: new Date(now.getTime() + launch.timeoutMs).toISOString(),
    files: { ...files },
    headers: { ...headers },
    statusField,
    ...(secret === undefined ? {} : { secret }),
    ...(statusUrl === undefined ? {} : { statusUrl: url(statusUrl) }),
    ...(cancelUrl === undefined ? {} : { cancelUrl: url(cancelUrl) }),
  };
}

async function request(
  options: WebhookRunnerOptions,
  folder: WebhookFolder,
  launch: Launch,
  settings: WebhookSettings,
  spec: WebhookSpec,
): Promise<void> {
  const data = await dataFor(options, folder, launch, settings, spec);
  const event = eventOf(options, launch.key, spec, "driftward.training.requested", data);
  const body = settings.body === undefined ? event : fillIn(settings.body, wordsOf(event, launch.key));
  let answer: GuardedAnswer;
  try {
    answer = await post(options, settings.url, spec, { body, isEvent: settings.body === undefined });
  } catch (error) {
    if (!(error instanceof DriftwardError) || error.retryable) throw error;
    await folder.settle({ state: "failed", message: error.message });
    return;
  }
  const { status } = answer;
  if (status >= 200 && status < 300) await folder.noteAccepted();
  else if (status >= 500 || [408, 425, 429].includes(status))
    throw new DriftwardError("DeliveryFailed", `the webhook of the trainer answered ${status}`);
  else await folder.settle({ state: "failed", message: `the webhook refused the training: it answered ${status}` });
}

async function dataFor(
  { publicUrl }: WebhookRunnerOptions,
  folder: WebhookFolder,
  { key, runId, attempt, command, parameters, files }: Launch,
  { shared }: WebhookSettings,
  { deadline }: WebhookSpec,
): Promise<TrainingData> {
  const about = { run_id: runId, attempt, command, parameters, deadline };
  if (publicUrl === undefined && !shared)
    throw new DriftwardError("InvalidConfig", "expected http.public_url in driftward.yaml, got none", {
      hint: "set http, or shared: true where the other system sees the same folders",
    });
  const kinds = shared
    ? (["callback"] as const)
    : (["training", "evaluation", "result", "predictions", "callback"] as const);
  const tokens: Readonly<Record<string, string>> = publicUrl === undefined ? {} : await folder.giveTokens(kinds);
  const url = (kind: string) => `${publicUrl}/v1/transfers/${key}/${kind}/${tokens[kind]}`;
  const callback = publicUrl === undefined ? {} : { callback: url("callback") };
  if (!shared)
    return {
      ...about,
      training: url("training"),
      evaluation: url("evaluation"),
      result: url("result"),
      predictions: url("predictions"),
      ...callback,
    };
  return {
    ...about,
    training: files.training,
    evaluation: files.evaluation,
    result: join(files.output, "result.json"),
    predictions: join(files.output, "predictions.parquet"),
    ...callback,
  };
}

function eventOf(
  { publicUrl }: WebhookRunnerOptions,
  key: string,
  { runId }: WebhookSpec,
  type: TrainingEvent["type"],
  data: TrainingEvent["data"],
): TrainingEvent {
  const id = type === "driftward.training.requested" ? key : `${key}.unwanted`;
  const [source, time] = [publicUrl ?? "urn:driftward", new Date().toISOString()];
  return { specversion: "1.0", id, source, type, subject: runId, time, datacontenttype: "application/json", data };
}

/** With the operator's headers, the key by which repetitions are known, and a signature. */
async function post(
  { environment, fetch }: WebhookRunnerOptions,
  url: string,
  spec: WebhookSpec,
  { body, isEvent, suffix = "" }: { readonly body: unknown; readonly isEvent: boolean; readonly suffix?: string },
): Promise<GuardedAnswer> {
  const text = JSON.stringify(body);
  const id = `${spec.runId}.${spec.attempt}${suffix}`;
  const secret = spec.secret === undefined ? undefined : environment[spec.secret];
  const headers = {
    "content-type": isEvent ? "application/cloudevents+json; charset=utf-8" : "application/json",
    "user-agent": "driftward",
    ...headersFrom(environment, spec),
    "idempotency-key": id,
    ...(secret === undefined ? {} : signatureHeaders(secret, { id, body: text, at: new Date() })),
  };
  return fetch(url, { method: "POST", headers, body: text });
}

function headersFrom(environment: WebhookRunnerOptions["environment"], { headers }: WebhookSpec) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, from]) => [name.toLowerCase(), environment[from] ?? ""]),
  );
}

async function poll(options: WebhookRunnerOptions, key: string): Promise<Progress | undefined> {
  const folder = new WebhookFolder(options.root, key);
  try {
    const end = await folder.readEnd();
    if (end !== undefined) return progressOf(end);
    const [spec, cancelled] = [await folder.readSpec(), await folder.isCancelAsked()];
    if (spec === undefined || cancelled)
      return cancelled ? progressOf(await folder.settle({ state: "cancelled" })) : undefined;
    if (new Date() >= new Date(spec.deadline)) return await timeOut(options, folder, key, spec);
    if (!(await folder.wasAccepted())) return undefined;
    const told = spec.statusUrl === undefined ? undefined : await askStatus(options, spec.statusUrl, spec);
    if (told !== undefined) return progressOf(await folder.settle(told));
    return { state: "running", startedAt: new Date(spec.startedAt) };
  } catch (error) {
    if (!(error instanceof DriftwardError) || error.code !== "InvalidData") throw error;
    return { state: "lost", message: error.message };
  }
}

/** What cannot be asked now is asked again; the deadline ends that. */
async function askStatus({ environment, fetch }: WebhookRunnerOptions, url: string, spec: WebhookSpec) {
  const headers = { accept: "application/json", "user-agent": "driftward", ...headersFrom(environment, spec) };
  const answer = await fetch(url, { method: "GET", headers }).catch(() => undefined);
  return answer?.status === 200 ? endInStatus(answer.text, spec.statusField) : undefined;
}

async function timeOut(options: WebhookRunnerOptions, folder: WebhookFolder, key: string, spec: WebhookSpec) {
  const end = await folder.settle({ state: "timed out" });
  if (end.state === "timed out") await tellUnwanted(options, key, spec).catch(() => undefined);
  return progressOf(end);
}

async function cancel(options: WebhookRunnerOptions, key: string): Promise<void> {
  const folder = new WebhookFolder(options.root, key);
  await folder.make();
  await folder.askCancel();
  const [end, spec] = [await folder.readEnd(), await folder.readSpec()];
  if (end !== undefined && end.state !== "cancelled") return;
  if (spec === undefined) return;
  await folder.settle({ state: "cancelled" });
  await tellUnwanted(options, key, spec);
}

/** Only where the operator names a URL for it: the other system may know no such request. */
async function tellUnwanted(options: WebhookRunnerOptions, key: string, spec: WebhookSpec): Promise<void> {
  if (spec.cancelUrl === undefined) return;
  const data = { run_id: spec.runId, attempt: spec.attempt };
  const body = eventOf(options, key, spec, "driftward.training.unwanted", data);
  await post(options, spec.cancelUrl, spec, { body, isEvent: true, suffix: ".unwanted" });
}
