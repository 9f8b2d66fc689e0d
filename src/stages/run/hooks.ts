import { systemActor } from "../../core/actor.ts";
import { type HookAct, hookKey, hookPauseMs } from "../../core/run/steps.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HookCall, Hooks, HookVersion } from "../../ports/hooks.ts";
import type { HookCallRow, RunRow, State } from "../../ports/state.ts";

export interface HookPorts {
  readonly state: State;
  readonly clock: Clock;
  readonly hooks: Hooks;
}

/** How a list of acts stands: still going, or over with what could not be done. */
export type ActsProgress =
  | { readonly going: true; readonly againMs: number }
  | { readonly going: false; readonly failures: readonly HookFailure[] };

export interface HookFailure {
  readonly hook: string;
  readonly message: string;
}

const lookAgainMs = 1_000;

/**
 * Deploys a run's candidate through hooks, one after another, and stops at the first that cannot be done. Every try is a
 * row before it happens outside, and its end is recorded with it.
 */
export function deploy(ports: HookPorts, run: RunRow, hooks: readonly string[]): Promise<ActsProgress> {
  return follow(ports, run, { hooks, act: "deploy", goOn: false });
}

/** Undoes what the hooks of a run have done or may have done, the last one first; one that fails does not keep the others. */
export async function undo(ports: HookPorts, run: RunRow): Promise<ActsProgress> {
  const calls = await ports.state.runs.hookCalls(run.id);
  const touched = new Set(calls.filter(({ act }) => act === "deploy").map(({ hook }) => hook));
  return follow(ports, run, { hooks: [...touched].reverse(), act: "undo", goOn: true });
}

interface Acts {
  readonly hooks: readonly string[];
  readonly act: HookAct;
  /** Whether the others are done when one fails. */
  readonly goOn: boolean;
}

async function follow(ports: HookPorts, run: RunRow, { hooks, act, goOn }: Acts): Promise<ActsProgress> {
  const failures: HookFailure[] = [];
  for (const hook of hooks) {
    const answer = await followOne(ports, run, hook, act);
    if (answer === "done") continue;
    if ("againMs" in answer) return { going: true, ...answer };
    failures.push(answer);
    if (!goOn) break;
  }
  return { going: false, failures };
}

async function followOne(
  ports: HookPorts,
  run: RunRow,
  hook: string,
  act: HookAct,
): Promise<"done" | { readonly againMs: number } | HookFailure> {
  const calls = (await ports.state.runs.hookCalls(run.id)).filter((one) => one.hook === hook && one.act === act);
  const last = calls.at(-1);
  if (last?.state === "succeeded") return "done";
  const retries = ports.hooks.retriesOf(hook, act);
  if (retries === undefined) {
    if (act === "undo" && ports.hooks.has(hook)) return "done";
    return { hook, message: "driftward.yaml does not name it" };
  }
  if (last?.state === "failed") {
    if (last.n > retries) return { hook, message: last.message ?? "it failed" };
    const due = (last.finishedAt?.getTime() ?? 0) + hookPauseMs(last.n) - ports.clock.now().getTime();
    if (due > 0) return { againMs: due };
  }
  const n = last === undefined ? 1 : last.state === "failed" ? last.n + 1 : last.n;
  await begin(ports, { runId: run.id, hook, act, n });
  const progress = await ports.hooks.call(await callOf(ports, run, hook, act, n));
  if (progress.state === "running") return { againMs: lookAgainMs };
  await finish(ports, run, { runId: run.id, hook, act, n }, progress);
  return progress.state === "succeeded" ? "done" : { againMs: 0 };
}

type CallKey = Pick<HookCallRow, "runId" | "hook" | "act" | "n">;

async function begin({ state, clock }: HookPorts, key: CallKey): Promise<void> {
  await state.transaction((tx) =>
    tx.runs.insertHookCall({
      ...key,
      ...{ state: "started", startedAt: clock.now(), finishedAt: undefined, message: undefined },
    }),
  );
}

async function finish(
  { state, clock }: HookPorts,
  run: RunRow,
  key: CallKey,
  end: { readonly state: "succeeded" | "failed"; readonly message?: string },
): Promise<void> {
  await state.transaction(async (tx) => {
    const at = clock.now();
    const { message } = end;
    if (!(await tx.runs.finishHookCall(key, { state: end.state, finishedAt: at, message }))) return;
    const { hook, act, n } = key;
    await tx.records.append({
      ...{ actor: systemActor, at, kind: `hook ${end.state}`, subject: run.id },
      payload: { run: run.number, hook, act, attempt: n, ...(message === undefined ? {} : { message }) },
    });
  });
}

async function callOf({ state }: HookPorts, run: RunRow, hook: string, act: HookAct, n: number): Promise<HookCall> {
  const model = await state.models.get(run.modelId);
  const versionOf = async (id: string | undefined): Promise<HookVersion> => {
    if (id === undefined) return { version: "", artifact: undefined };
    const { name: version, artifact } = await state.versions.get(id);
    return { version, artifact };
  };
  const [candidate, champion] = [await versionOf(run.candidateVersion), await versionOf(model.championVersion)];
  const key = hookKey(run.id, hook, act);
  return { hook, act, key, attempt: n, model: model.name, run: run.number, candidate, champion };
}

/** What could not be done, in words. */
export function describeFailures(failures: readonly HookFailure[]): string {
  return failures.map(({ hook, message }) => `hook ${hook}: ${message}`).join("; ");
}
