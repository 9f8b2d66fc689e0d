import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import type { HookAction, HookConfig } from "../../core/run/hook-settings.ts";
import { formatDuration } from "../../core/units.ts";
import type { HookCall, HookProgress, Hooks } from "../../ports/hooks.ts";
import type { Progress, Runner } from "../../ports/runner.ts";
import type { GuardedFetch } from "../guarded-http/guarded-fetch.ts";
import { signatureHeaders } from "../guarded-http/signature-headers.ts";

export interface HooksOptions {
  readonly settings: Readonly<Record<string, HookConfig>>;
  /** What supervises commands; its attempts are apart from those of trainers. */
  readonly runner: Runner;
  /** Folder that commands work in, one folder a try. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch: GuardedFetch;
}

/** Hooks as supervised processes, and as webhooks through the guarded client. */
export function createHooks(options: HooksOptions): Hooks {
  const hookOf = (name: string) => (Object.hasOwn(options.settings, name) ? options.settings[name] : undefined);
  return {
    has: (name) => hookOf(name) !== undefined,
    retriesOf: (name, act) => hookOf(name)?.[act]?.retries,
    async call(call) {
      const action = hookOf(call.hook)?.[call.act];
      if (action === undefined) return { state: "failed", message: "driftward.yaml does not name it any more" };
      const { call: how } = action;
      return "command" in how ? runCommand(options, call, action, how) : post(options, call, action, how);
    },
    async forget(isOver) {
      for (const key of await options.runner.forget(isOver))
        await rm(join(options.root, key), { recursive: true, force: true });
    },
  };
}

type Command = Extract<HookAction["call"], { command: readonly string[] }>;
type Webhook = Exclude<HookAction["call"], Command>;

async function runCommand(
  { runner, root }: HooksOptions,
  call: HookCall,
  { timeoutMs }: HookAction,
  { command, environment }: Command,
): Promise<HookProgress> {
  const key = `${call.key}-${call.attempt}`;
  const known = await runner.poll(key);
  if (known !== undefined) return progressOf(runner, key, known, timeoutMs);
  const folder = join(root, key);
  await mkdir(folder, { recursive: true });
  await runner.start({
    ...{ key, runId: call.key, attempt: call.attempt, command, inherit: environment, parameters: {} },
    environment: variables(call),
    folder,
    files: { training: "", evaluation: "", output: "" },
    ...{ timeoutMs, graceMs: 10_000 },
  });
  const started = await runner.poll(key);
  return started === undefined ? { state: "running" } : progressOf(runner, key, started, timeoutMs);
}

async function progressOf(runner: Runner, key: string, progress: Progress, timeoutMs: number): Promise<HookProgress> {
  switch (progress.state) {
    case "running":
    case "succeeded":
      return { state: progress.state };
    case "failed": {
      const said = (await runner.logs(key, 3)).join(" ").trim();
      return { state: "failed", message: said === "" ? progress.message : `${progress.message}: ${said}` };
    }
    case "lost":
      return { state: "failed", message: progress.message };
    case "timed out":
      return { state: "failed", message: `it ran longer than its limit of ${formatDuration(timeoutMs)} and was ended` };
    case "cancelled":
      return { state: "failed", message: "it was cancelled" };
    default:
      return progress satisfies never;
  }
}

/** What a command is told; a webhook is told the same as JSON. */
function variables({ hook, act, key, model, run, candidate, champion }: HookCall): Readonly<Record<string, string>> {
  return {
    DRIFTWARD_HOOK: hook,
    DRIFTWARD_ACT: act,
    DRIFTWARD_IDEMPOTENCY_KEY: key,
    DRIFTWARD_MODEL: model,
    DRIFTWARD_RUN: String(run),
    DRIFTWARD_CANDIDATE: candidate.version,
    DRIFTWARD_CANDIDATE_ARTIFACT: candidate.artifact ?? "",
    DRIFTWARD_CHAMPION: champion.version,
    DRIFTWARD_CHAMPION_ARTIFACT: champion.artifact ?? "",
  };
}

async function post(
  { environment, fetch }: HooksOptions,
  call: HookCall,
  { timeoutMs }: HookAction,
  { url, secretVariable }: Webhook,
): Promise<HookProgress> {
  const need = (variable: string): string => {
    const value = environment[variable];
    if (value !== undefined && value !== "") return value;
    throw new DriftwardError("DeliveryFailed", `it needs ${variable} in the environment`);
  };
  const { key: id, hook, act, model, run, candidate, champion } = call;
  const body = JSON.stringify({ schema: "driftward/hook/v1", id, hook, act, model, run, candidate, champion });
  try {
    const signed =
      secretVariable === undefined ? {} : signatureHeaders(need(secretVariable), { id, body, at: new Date() });
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "idempotency-key": id,
      "user-agent": "driftward",
    };
    const address = "text" in url ? url.text : need(url.variable);
    const { status } = await fetch(address, { method: "POST", headers: { ...headers, ...signed }, body, timeoutMs });
    if (status >= 200 && status <= 299) return { state: "succeeded" };
    return { state: "failed", message: `it answered ${status}` };
  } catch (error) {
    if (!(error instanceof DriftwardError)) throw error;
    return { state: "failed", message: error.message };
  }
}
