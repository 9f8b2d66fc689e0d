import { segmentToLeave } from "../../core/drift/fit-to-leave.ts";
import { DriftwardError } from "../../core/errors.ts";
import { isUnmeasurable, scoredRows } from "../../core/metrics/metric.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { segmentParts } from "../../core/policy/segments.ts";
import { encodeProfile } from "../../core/profile/profile-codec.ts";
import { type CandidateMeasures, measureCandidate, usesOfHoldout } from "../../core/run/candidate-measures.ts";
import { type MetricComparison, metricsToMeasure, promiseOf } from "../../core/run/compare-candidate.ts";
import { askGates, type GateOutcome, judgeGates } from "../../core/run/gates.ts";
import { seedOf } from "../../core/run/launch-spec.ts";
import type { Lineage } from "../../core/run/lineage.ts";
import type { NoticeMetric } from "../../core/run/notice.ts";
import { type RunData, recordedData } from "../../core/run/run-data.ts";
import { parseTrainerResult, type TrainerResult } from "../../core/run/trainer-result.ts";
import { nextVersionName } from "../../core/run/version-name.ts";
import type { TaskResult } from "../../ports/queue.ts";
import type { ModelRow, StateTransaction } from "../../ports/state.ts";
import { askForApproval } from "./await-approval.ts";
import { type CandidateBaseline, makeBaseline } from "./make-baseline.ts";
import { matureUntil } from "./plan-run.ts";
import type { Advancing } from "./ports.ts";
import { type Told, takeStep, type WithinStep } from "./step.ts";

/** What was found out about a candidate, before anything is written. */
interface Evaluation {
  readonly model: ModelRow;
  readonly data: RunData;
  readonly result: TrainerResult;
  readonly predictionsSha256: string;
  readonly measures: CandidateMeasures;
  readonly gates: readonly GateOutcome[];
  readonly champion: string | undefined;
}

/**
 * evaluating → promoting, rejected or failed. Driftward measures candidate and champion on the same rows and asks the
 * gates; nothing the trainer says of itself counts. A candidate that passes becomes a version, with the baseline it
 * will be watched against and the metrics it will be held to.
 */
export async function evaluate(advancing: Advancing): Promise<TaskResult> {
  const policy = await advancing.ports.policies.of(advancing.run.policyRevisionId);
  const evaluation = await judgeCandidate(advancing, policy);
  if ("problem" in evaluation) {
    const { problem, data } = evaluation;
    await takeStep(
      advancing,
      { kind: "failed", why: `the candidate cannot be judged: ${problem}` },
      { told: { data } },
    );
    return { done: true };
  }
  const verdict = judgeGates(evaluation.gates);
  const { ports, run } = advancing;
  const insertGates = (tx: StateTransaction) =>
    tx.runs.insertGates(
      evaluation.gates.map((body) => ({ runId: run.id, gate: body.gate, outcome: body.outcome, body })),
    );
  const more = { payload: describe(evaluation), told: toldOf(evaluation, policy.data.sensitive) };
  if (!verdict.passed) {
    const why = `the candidate did not pass its gates: ${verdict.reasons.join("; ")}`;
    const within = async (tx: StateTransaction): Promise<WithinStep> => {
      await insertGates(tx);
      return {};
    };
    await takeStep(advancing, { kind: "rejected", why }, { ...more, within });
    return { done: true };
  }
  const baseline = await makeBaseline(advancing, evaluation.model, evaluation.data);
  const moved = await takeStep(
    advancing,
    { kind: "passed" },
    {
      ...more,
      within: async (tx, model) => {
        const created = await insertCandidate(advancing, tx, model, evaluation, baseline);
        await insertGates(tx);
        if (policy.promote.approval === "none") return created;
        return { ...created, asks: askForApproval(policy, created.told?.candidate, ports.clock.now()) };
      },
    },
  );
  if (!moved) await baseline.discard();
  return { done: true };
}

async function judgeCandidate(
  advancing: Advancing,
  policy: Policy,
): Promise<Evaluation | { readonly problem: string; readonly data: RunData | undefined }> {
  const { ports, run } = advancing;
  const n = run.nextAttempt - 1;
  const model = await ports.state.models.get(run.modelId);
  const [data, delivery] = await Promise.all([ports.folders.prepared(run.id, n), ports.folders.take(run.id, n)]);
  if (data === undefined) return { problem: "its data is gone", data };
  if ("problem" in delivery) return { problem: delivery.problem, data };
  const parsed = parseTrainerResult(delivery.result);
  if ("problem" in parsed) return { problem: parsed.problem, data };
  const champion = model.championVersion && (await ports.state.versions.get(model.championVersion)).name;
  try {
    const { key: keyPath, evaluation: inputsPath, training: trainingPath } = ports.folders.paths(run.id, n);
    const drifted = run.incidentId === undefined ? "" : (await ports.state.incidents.get(run.incidentId)).segment;
    const { slices, minSliceRows, gates: conditions } = policy.evaluate;
    const cause = segmentParts(drifted);
    const segments = [...new Set(cause === undefined ? slices : [...slices, cause.column])];
    const predictionsPath = delivery.predictions;
    const files = { keyPath, predictionsPath, trainingPath, inputsPath };
    const read = await ports.engine.readEvaluation({ ...files, champion, segments });
    if (read.problem !== undefined) return { problem: read.problem, data };
    const task = model.task ?? "regression";
    const until = new Date(data.until);
    const measures = measureCandidate(
      {
        candidate: scoredRows(task, read.candidate),
        champion: scoredRows(task, read.champion),
        timestamps: read.candidate.timestamps,
        segments: read.segments,
      },
      {
        metrics: metricsToMeasure(policy, task),
        uses: usesOfHoldout({ cut: run.cut, until }, await judgedBefore(advancing, policy)),
        recentFrom: new Date(until.getTime() - policy.performance.windowMs),
        drifted,
        slices,
        minSliceRows,
      },
    );
    const gates = askGates(conditions, measures, task);
    const { result } = parsed;
    return { model, data, result, predictionsSha256: delivery.sha256, measures, gates, champion };
  } catch (error) {
    if (error instanceof DriftwardError && !error.retryable) return { problem: error.message, data };
    throw error;
  }
}

/** Spans of the holdouts of earlier runs whose candidates the gates were asked about. */
async function judgedBefore(
  { ports, run }: Advancing,
  policy: Policy,
): Promise<readonly { readonly cut: Date; readonly until: Date }[]> {
  const judged = await ports.state.runs.judgedBefore(run.modelId, run.number, mostEarlierRuns);
  return judged.map(({ cut, createdAt }) => ({ cut, until: matureUntil(policy, createdAt) }));
}

/** Runs so far back share no rows with a holdout of today. */
const mostEarlierRuns = 100;

async function insertCandidate(
  { ports, run }: Advancing,
  tx: StateTransaction,
  model: ModelRow,
  evaluation: Evaluation,
  baseline: CandidateBaseline,
): Promise<WithinStep> {
  const at = ports.clock.now();
  const taken = (await tx.versions.list(model.id)).map(({ name }) => name);
  const name = nextVersionName(taken, evaluation.champion, run.number);
  const versionId = ports.ids.next();
  const lineage: Lineage = {
    run: run.number,
    trainer: run.trainer,
    data: evaluation.data,
    asOfSeq: run.asOfSeq,
    seed: seedOf(run.id),
    parameters: evaluation.result.parameters,
    code: evaluation.result.code,
    predictionsSha256: evaluation.predictionsSha256,
    champion: { name: evaluation.champion, epoch: evaluation.model.championEpoch },
    metrics: evaluation.measures.metrics,
    measures: restOf(evaluation.measures),
  };
  await tx.versions.insert({
    id: versionId,
    modelId: model.id,
    name,
    artifact: evaluation.result.artifact,
    lineage: { ...lineage },
    createdAt: at,
  });
  await tx.baselines.insert({
    id: baseline.id,
    modelId: model.id,
    versionId,
    rowCount: baseline.profile.counts.rows,
    source: `holdout of run ${run.number}`,
    profile: encodeProfile(baseline.profile),
    metrics: promiseOf(evaluation.measures.metrics),
    createdAt: at,
  });
  return {
    set: { candidateVersion: versionId },
    payload: { candidate: name, baseline: baseline.id },
    told: { candidate: name },
  };
}

function restOf({ metrics: _whole, ...rest }: CandidateMeasures): Omit<CandidateMeasures, "metrics"> {
  return rest;
}

function describe({ measures, gates, data, champion, predictionsSha256 }: Evaluation) {
  return {
    metrics: measures.metrics,
    measures: restOf(measures),
    gates,
    data: recordedData(data),
    champion,
    predictionsSha256,
  };
}

/**
 * What a mail about the end tells of an evaluation.
 *
 * @param sensitive  columns whose values never leave
 */
export function toldOf(
  {
    data,
    gates,
    champion,
    measures: { metrics, errorRate, slices },
  }: Pick<Evaluation, "data" | "gates" | "champion" | "measures">,
  sensitive: readonly string[],
): Told {
  return {
    ...{ data, gates, champion, errorRate, metrics: metrics.map(shown) },
    slices: slices?.slices.map(({ segment, rows, metrics: own }) => ({
      segment: segmentToLeave(segment, rows, sensitive),
      rows,
      metrics: own.map(shown),
    })),
  };
}

function shown({ metric, champion, candidate, difference }: MetricComparison): NoticeMetric {
  const facts = (side: MetricComparison["champion"]) => (isUnmeasurable(side) ? undefined : side);
  return { metric, champion: facts(champion), candidate: facts(candidate), difference: facts(difference) };
}
