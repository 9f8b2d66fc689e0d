import { DriftwardError } from "../../core/errors.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { describeParameterProblems, fillParameters, givenParameters } from "../../core/policy/trainer-parameters.ts";
import { quarantinedSpans } from "../../core/quarantine/quarantine.ts";
import { attemptKey, nextLookMs, seedOf, trainerEnvironment } from "../../core/run/launch-spec.ts";
import { logEnd, logLinesRead } from "../../core/run/log-end.ts";
import { isFinished } from "../../core/run/machine.ts";
import { withheldLog } from "../../core/run/notice-to-leave.ts";
import { type RunData, recordedData } from "../../core/run/run-data.ts";
import { parseTrainerResult } from "../../core/run/trainer-result.ts";
import { formatDuration } from "../../core/units.ts";
import type { TaskResult } from "../../ports/queue.ts";
import type { AttemptPaths } from "../../ports/run-folders.ts";
import type { Launch, Progress, Runner, Trainer } from "../../ports/runner.ts";
import type { RunAttemptRow } from "../../ports/state.ts";
import { filesOfRun, matureUntil } from "./plan-run.ts";
import type { Advancing } from "./ports.ts";
import { type Told, takeStep } from "./step.ts";

const done: TaskResult = { done: true };

/**
 * queued → retraining. The attempt's row is committed before anything outside happens, and everything outside is keyed
 * by it: whoever repeats this, after a crash or at once, starts the same attempt.
 */
export async function startTraining(advancing: Advancing): Promise<TaskResult> {
  const { ports, run } = advancing;
  const n = run.nextAttempt;
  const trainer = ports.trainers.get(run.trainer);
  const runner = ports.runners.get(trainer?.runner ?? "");
  if (trainer === undefined || runner === undefined)
    return fail(advancing, `driftward.yaml names no trainer "${run.trainer}" that can be run here`);
  const inserted = await insertAttempt(advancing, n, runner);
  if (inserted !== "inserted") return inserted === "moved on" ? done : { again: queueMs };
  const prepared = await prepareData(advancing, n);
  if ("problem" in prepared) return failAttempt(advancing, n, { state: "failed", message: prepared.problem });
  const key = attemptKey(run.id, n);
  const launch = await launchOf(advancing, trainer, n);
  if ("problem" in launch) return failAttempt(advancing, n, { state: "failed", message: launch.problem });
  await runner.start(launch);
  const moved = await takeStep(
    advancing,
    { kind: "started" },
    {
      set: { nextAttempt: n + 1 },
      payload: { attempt: n, runner: runner.name, parameters: launch.parameters, ...recordedData(prepared.data) },
    },
  );
  // Cancelled or failed in between: nobody waits for this program any more.
  if (!moved && isFinished((await ports.state.runs.get(run.id)).state)) await runner.cancel(key);
  return done;
}

/** Between looks whether a training of another run has ended. */
const queueMs = 15_000;

/** `full` when as many trainings go at once as the operator allows: the run stays queued. */
async function insertAttempt(
  { ports, run, taskId }: Advancing,
  n: number,
  runner: Runner,
): Promise<"inserted" | "moved on" | "full"> {
  return ports.state.transaction(async (tx) => {
    const current = await tx.runs.lock(run.id);
    if (current.epoch !== run.epoch) {
      if (taskId !== undefined) await tx.outbox.done(taskId);
      return "moved on";
    }
    const most = ports.trainingsAtOnce ?? Number.POSITIVE_INFINITY;
    if (Number.isFinite(most) && (await tx.runs.countOthersGoing(run.id)) >= most) return "full";
    await tx.runs.insertAttempt({
      runId: run.id,
      n,
      runner: runner.name,
      runnerKey: attemptKey(run.id, n),
      state: "starting",
      startedAt: ports.clock.now(),
      finishedAt: undefined,
      exitCode: undefined,
      message: undefined,
    });
    return "inserted";
  });
}

async function prepareData(
  advancing: Advancing,
  n: number,
): Promise<{ readonly data: RunData } | { readonly problem: string }> {
  const { ports, run } = advancing;
  try {
    const data = await ports.folders.prepare(run.id, n, (paths) => writeData(advancing, paths));
    if (data.trainingRows > 0 && data.evaluationRows > 0) return { data };
    return {
      problem: `expected rows on both sides of ${data.cut}, got ${data.trainingRows} and ${data.evaluationRows}`,
    };
  } catch (error) {
    if (error instanceof DriftwardError && !error.retryable) return { problem: error.message };
    throw error;
  }
}

async function writeData({ ports, run }: Advancing, paths: AttemptPaths): Promise<RunData> {
  const until = matureUntil(await ports.policies.of(run.policyRevisionId), run.createdAt);
  const span = { cut: run.cut.toISOString(), until: until.toISOString() };
  const files = await filesOfRun(ports.state, ports.log, { modelId: run.modelId, asOfSeq: run.asOfSeq, until });
  if (files === undefined) return { trainingRows: 0, evaluationRows: 0, ...span };
  const except = quarantinedSpans(await ports.state.quarantines.list(run.modelId), run.asOfSeq);
  const { predictions, labels, manifest } = files;
  const rows = await ports.engine.writeRunData({
    predictions,
    labels,
    cut: run.cut,
    until,
    except,
    seed: seedOf(run.id),
    trainingPath: paths.training,
    evaluationPath: paths.evaluation,
    keyPath: paths.key,
  });
  return { trainingRows: rows.trainingRows, evaluationRows: rows.evaluationRows, ...span, manifest };
}

async function launchOf(
  { ports, run }: Advancing,
  trainer: Trainer,
  n: number,
): Promise<Launch | { readonly problem: string }> {
  const { folder, key: _outOfReach, ...files } = ports.folders.paths(run.id, n);
  const { retrain } = await ports.policies.of(run.policyRevisionId);
  const filled = fillParameters(trainer.parameters ?? {}, givenParameters(retrain));
  if ("problems" in filled) return { problem: describeParameterProblems(trainer.name, filled.problems) };
  const { command, container, webhook, secretFiles, graceMs } = trainer;
  const { championVersion } = await ports.state.models.get(run.modelId);
  const champion = championVersion === undefined ? undefined : await ports.state.versions.get(championVersion);
  return {
    key: attemptKey(run.id, n),
    runId: run.id,
    attempt: n,
    command,
    environment: trainerEnvironment(run.id, filled.values, champion),
    parameters: filled.values,
    inherit: trainer.environment,
    ...(container === undefined ? {} : { container }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(secretFiles === undefined ? {} : { secretFiles }),
    folder,
    files,
    timeoutMs: limitOf(trainer, retrain),
    graceMs,
  };
}

/** How long a trainer may run: as driftward.yaml says, and no longer than the policy does. */
function limitOf(trainer: Pick<Trainer, "timeoutMs">, retrain: Policy["retrain"]): number {
  return Math.min(trainer.timeoutMs, retrain?.timeoutMs ?? trainer.timeoutMs);
}

/** retraining → evaluating, when the program ended well and left a result that can be used. */
export async function followTraining(advancing: Advancing): Promise<TaskResult> {
  const { ports, run } = advancing;
  const n = run.nextAttempt - 1;
  const attempt = (await ports.state.runs.attempts(run.id)).find((one) => one.n === n);
  const runner = ports.runners.get(attempt?.runner ?? "");
  if (attempt === undefined || runner === undefined)
    return fail(advancing, `there is no runner "${attempt?.runner}" here that knows of attempt ${n}`);
  const progress = await lookAt(runner, attempt.runnerKey);
  if (progress === "away") return { again: awayMs };
  if (progress === undefined) return failAttempt(advancing, n, { state: "lost", message: "its files are gone" });
  if (progress.state === "running") return { again: nextLookMs(Date.now() - progress.startedAt.getTime()) };
  if (progress.state !== "succeeded") return failAttempt(advancing, n, await endOf(advancing, progress));
  const delivery = await ports.folders.take(run.id, n);
  if ("problem" in delivery) return failAttempt(advancing, n, { state: "failed", message: delivery.problem });
  const parsed = parseTrainerResult(delivery.result);
  if ("problem" in parsed) return failAttempt(advancing, n, { state: "failed", message: parsed.problem });
  await takeStep(
    advancing,
    { kind: "trained" },
    {
      payload: { attempt: n, result: parsed.result, predictionsSha256: delivery.sha256 },
      within: async (tx) => {
        const end = { state: "succeeded", finishedAt: ports.clock.now(), exitCode: 0, message: undefined } as const;
        await tx.runs.finishAttempt(run.id, n, end);
        return {};
      },
    },
  );
  return done;
}

/** Between looks at a runner that cannot be reached. */
const awayMs = 15_000;

/** A runner that is away says nothing of its programs: they may run on, so the run waits, and a person can cancel it. */
async function lookAt(runner: Runner, key: string): Promise<Progress | undefined | "away"> {
  try {
    return await runner.poll(key);
  } catch (error) {
    if (error instanceof DriftwardError && error.code === "StateUnavailable") return "away";
    throw error;
  }
}

type AttemptEnd = Pick<RunAttemptRow, "state" | "message"> & { readonly exitCode?: number | undefined };

async function endOf(
  { ports, run }: Advancing,
  progress: Exclude<Progress, { state: "running" | "succeeded" }>,
): Promise<AttemptEnd> {
  switch (progress.state) {
    case "failed":
      return progress;
    case "lost":
      return progress;
    case "timed out": {
      const trainer = ports.trainers.get(run.trainer);
      const { retrain } = await ports.policies.of(run.policyRevisionId);
      const limit = trainer === undefined ? "it may" : `its limit of ${formatDuration(limitOf(trainer, retrain))}`;
      return { state: "timed out", message: `it ran longer than ${limit} and was ended` };
    }
    case "cancelled":
      return { state: "cancelled", message: "it was cancelled at its runner" };
    default:
      return progress satisfies never;
  }
}

/** Ends an attempt that came to nothing, and the run with it unless the trainer may be tried again. */
async function failAttempt(advancing: Advancing, n: number, end: AttemptEnd, told: Told = {}): Promise<TaskResult> {
  const { ports, run } = advancing;
  const why = `the trainer ${run.trainer} brought no candidate: ${end.message}`;
  const attempts = ports.trainers.get(run.trainer)?.attempts ?? 1;
  const again = run.state === "retraining" && n < attempts && end.state !== "cancelled";
  await takeStep(advancing, again ? { kind: "retry", why } : { kind: "failed", why }, {
    payload: { attempt: n, state: end.state, exitCode: end.exitCode },
    told: { data: await ports.folders.prepared(run.id, n), ...(again ? {} : await logOf(advancing, n)), ...told },
    within: async (tx) => {
      const { state, message, exitCode } = end;
      await tx.runs.finishAttempt(run.id, n, { state, message, exitCode, finishedAt: ports.clock.now() });
      return {};
    },
  });
  return done;
}

/** What the program printed last, for people; that it cannot be read keeps no run from its end. */
async function logOf({ ports, run }: Advancing, n: number): Promise<Pick<Told, "log">> {
  const attempt = (await ports.state.runs.attempts(run.id)).find((one) => one.n === n);
  const runner = ports.runners.get(attempt?.runner ?? "");
  if (attempt === undefined || runner === undefined) return {};
  const { sensitive } = (await ports.policies.of(run.policyRevisionId)).data;
  const lines = logEnd(await runner.logs(attempt.runnerKey, logLinesRead).catch(() => []));
  if (lines.length === 0) return {};
  return {
    log: sensitive.length === 0 ? { lines } : { withheld: withheldLog },
  };
}

async function fail(advancing: Advancing, why: string): Promise<TaskResult> {
  await takeStep(advancing, { kind: "failed", why });
  return done;
}
