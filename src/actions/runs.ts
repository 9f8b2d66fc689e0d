import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import type { GateOutcome } from "../core/run/gates.ts";
import { isFinished, type RunState } from "../core/run/machine.ts";
import { maskLog } from "../core/run/mask-log.ts";
import type { WatchStanding } from "../core/run/watch.ts";
import type { Runner } from "../ports/runner.ts";
import type { ApprovalRow, RunAttemptRow, RunRow, State } from "../ports/state.ts";
import { requireModel } from "./check-model.ts";
import { standingOf } from "./versions.ts";

export interface ListedRun {
  readonly run: RunRow;
  readonly model: string;
  readonly candidate: string | undefined;
}

/** Runs of one model that are looked through. */
const looked = 1_000;

/**
 * Runs of a model, or of all, newest first.
 *
 * @throws NotFound when there is no such model
 */
export async function listRuns(
  state: State,
  {
    model: name,
    states,
    limit,
  }: {
    readonly model: string | undefined;
    /** Any state when undefined. */
    readonly states: readonly RunState[] | undefined;
    readonly limit: number;
  },
): Promise<readonly ListedRun[]> {
  const models = name === undefined ? await state.models.list() : [await requireModel(state, name)];
  const listed = await Promise.all(
    models.map(async (model) => {
      const runs = (await state.runs.recent(model.id, looked)).filter((run) => states?.includes(run.state) ?? true);
      return runs.slice(0, limit).map((run) => ({ run, model: model.name }));
    }),
  );
  const newest = listed.flat().toSorted((a, b) => b.run.number - a.run.number);
  return Promise.all(
    newest.slice(0, limit).map(async (one) => ({
      ...one,
      candidate: one.run.candidateVersion && (await state.versions.get(one.run.candidateVersion)).name,
    })),
  );
}

/** One thing that happened to a run, as the audit trail has it. */
export interface RunStage {
  readonly at: Date;
  readonly what: string;
  readonly actor: Actor;
  /** Why, where it says so. */
  readonly why: string | undefined;
}

export interface RunStory extends ListedRun {
  readonly askedBy: Actor | undefined;
  readonly stages: readonly RunStage[];
  readonly attempts: readonly RunAttemptRow[];
  readonly gates: readonly GateOutcome[];
  readonly approvals: readonly ApprovalRow[];
  /** The last lines that the training program printed, without secrets; none where its runner knows nothing of it. */
  readonly log: readonly string[];
  /** The watch over the version that it promoted. */
  readonly watch: WatchStanding | undefined;
  readonly finished: boolean;
}

/** Stages of one run are few: each attempt brings three. */
const mostStages = 200;

/**
 * What happened to a run, stage by stage, with its gates and the end of its program's log.
 *
 * @throws NotFound when there is no such run
 */
export async function runStory(
  { state, runners }: { readonly state: State; readonly runners: ReadonlyMap<string, Runner> },
  number: number,
  logLines: number,
): Promise<RunStory> {
  const run = await requireRun(state, number);
  const [model, candidate, attempts, gates, approvals, records, watches] = await Promise.all([
    state.models.get(run.modelId),
    run.candidateVersion === undefined ? undefined : state.versions.get(run.candidateVersion),
    state.runs.attempts(run.id),
    state.runs.gates(run.id),
    state.approvals.ofRun(run.id),
    state.records.after({ subjects: [run.id] }, mostStages, 0),
    state.watches.recent(run.modelId, looked),
  ]);
  const stages = records.map(({ at, kind, actor, payload }) => ({ at, what: kind, actor, why: whyOf(payload) }));
  return {
    ...{ run, model: model.name, candidate: candidate?.name, attempts, approvals, stages },
    askedBy: stages.find(({ what }) => what === "run started")?.actor,
    gates: gates.map(({ body }) => body as GateOutcome),
    log: await readLog(runners, attempts.at(-1), logLines),
    watch: standingOf(watches.find(({ runId }) => runId === run.id)),
    finished: isFinished(run.state),
  };
}

/** @throws NotFound when there is no run of this number */
export async function requireRun(state: State, number: number): Promise<RunRow> {
  const run = await state.runs.findByNumber(number);
  if (run !== undefined) return run;
  throw new DriftwardError("NotFound", `expected the number of a run, got ${number}`, {
    hint: "`driftward runs` lists them",
  });
}

function whyOf(payload: string): string | undefined {
  const { why, reason, outcome, hook, act, message } = JSON.parse(payload) as Readonly<Record<string, unknown>>;
  if (typeof hook === "string" && typeof act === "string")
    return typeof message === "string" ? `${act} of ${hook}: ${message}` : `${act} of ${hook}`;
  const told = why ?? reason ?? outcome;
  return typeof told === "string" ? told : undefined;
}

/** A log that cannot be read keeps nothing back. */
async function readLog(
  runners: ReadonlyMap<string, Runner>,
  attempt: RunAttemptRow | undefined,
  lines: number,
): Promise<readonly string[]> {
  if (attempt === undefined || lines === 0) return [];
  try {
    return ((await runners.get(attempt.runner)?.logs(attempt.runnerKey, lines)) ?? []).map(maskLog);
  } catch (error) {
    if (error instanceof DriftwardError) return [`(the log cannot be read: ${error.message})`];
    throw error;
  }
}
