import type { TestVerdict } from "../../core/drift/finding.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Replay, ReplayedCheck } from "../../core/replay/replay.ts";
import { replayDecisions } from "../../core/replay/replay-decisions.ts";
import { matureUntil, planTraining } from "../../core/run/plan-training.ts";
import { askGuard } from "../../core/run/watch.ts";
import { batchSlots } from "../../core/schedule/batch-slots.ts";
import { slotsBetween } from "../../core/schedule/next-slot.ts";
import { type BatchSchedule, isBatch } from "../../core/schedule/schedule.ts";
import type { Window } from "../../core/window.ts";
import type { CheckRow, ModelRow } from "../../ports/state.ts";
import {
  type EvaluationPorts,
  evaluateWindow,
  judgeWindow,
  type WindowEvaluation,
} from "../../stages/check/evaluate-window.ts";
import { createSeasons } from "../../stages/check/match-season.ts";
import { planCheck } from "../../stages/check/plan-check.ts";
import { createSegmentedBaselines } from "../../stages/check/segmented-baselines.ts";
import { batchPartsOf } from "../../stages/tick/look-for-batches.ts";
import { type LabelledPast, openLabelledPast } from "./labelled-past.ts";
import { lacksLiveBaseline } from "./lacks-live-baseline.ts";
import type { Past, ReplayPorts } from "./past.ts";
import { recordedDistances } from "./recorded-distances.ts";
import { slidingKey, slidingWindows } from "./sliding-windows.ts";
import { filesWithin, timedFiles } from "./timed-files.ts";

export interface ReplayRequest {
  readonly policy: Policy;
  readonly from: Date;
  readonly to: Date;
  /** Use all that is known today, instead of what was known then. */
  readonly hindsight: boolean;
  /** Is shown every check with all it saw; without it a check is only judged, which is much quicker. */
  readonly onCheck?: (check: CheckRow, seen: WindowEvaluation) => void;
  /** Is told after each check how many of all are done. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** A replay could not hold something, and took it for granted instead. */
export interface ReplayOutcome {
  readonly replay: Replay;
  readonly assumptions: readonly string[];
}

/**
 * Replays a policy over the recorded past of a model, with the functions of the live stages over ports that are at
 * another time: the same policy over the same time gives the same checks and incidents, to the bit.
 */
export async function replayPolicy(ports: ReplayPorts, past: Past, request: ReplayRequest): Promise<ReplayOutcome> {
  const { policy, from, to } = request;
  const rows = await planChecks(ports, past, request);
  const [first, last] = [rows[0], rows.at(-1)];
  const labelled =
    first === undefined || last === undefined ? undefined : await labelledFor(ports, past, policy, first, last);
  const portsAt = await portsInThePast(ports, past, { ...request, rows, labelled });
  const checks: ReplayedCheck[] = [];
  for (const row of rows) {
    const seen = await evaluate(portsAt(row), row, past.model, request);
    checks.push({ ...asReplayed(row, seen, decidedAt(past, row, request)), ...guardOf(policy, seen) });
    request.onProgress?.(checks.length, rows.length);
  }
  const asksForRetrain = policy.retrain !== undefined && policy.rules.some((rule) => rule.do.includes("retrain"));
  const replay = replayDecisions({
    ...{ policy, checks, from, to },
    promotions: past.promotions,
    runs: past.runs,
    quarantines: past.quarantines,
    runMs: medianRun(past),
    trainerKnown: policy.retrain !== undefined && ports.trainers.has(policy.retrain.trainer),
    training: ({ at, asOfSeq, judgedAt }) => {
      const until = matureUntil(policy, at);
      const times = labelled?.timesBefore(until, asOfSeq);
      if (times !== undefined) return planTraining(policy, times, { until, judgedAt });
      return { newLabels: Number.POSITIVE_INFINITY, holdout: { cut: until, trainingRows: 1, evaluationRows: 1 } };
    },
  });
  const withoutLive = await lacksLiveBaseline(ports, past, policy);
  const many = labelled === undefined && rows.length > 0 && asksForRetrain;
  return {
    replay,
    assumptions: [
      ...(many ? ["there were always enough new labels to retrain: too many rows to count"] : []),
      ...(withoutLive ? ["windows are compared with the baselines that were recorded: no live one was made yet"] : []),
    ],
  };
}

async function evaluate(
  ports: EvaluationPorts,
  row: CheckRow,
  model: ModelRow,
  { policy, onCheck }: ReplayRequest,
): Promise<WindowEvaluation<TestVerdict>> {
  if (onCheck === undefined) return judgeWindow(ports, row, model, policy);
  const seen = await evaluateWindow(ports, row, model, policy);
  onCheck(row, seen);
  return seen;
}

/** Slots before `from` that bring rules and incidents to where they stood. */
function warmUpMs({ rules, window }: Policy): number {
  return Math.max(0, ...rules.map(({ forMs }) => forMs)) + 2 * window.spanMs;
}

/** The checks that the policy's schedule would have made, each with the champion and the knowledge of its time. */
async function planChecks(
  ports: ReplayPorts,
  past: Past,
  { policy, from, to, hindsight }: ReplayRequest,
): Promise<readonly CheckRow[]> {
  const [firstChampion] = past.promotions;
  if (firstChampion === undefined) return [];
  const start = from.getTime() - warmUpMs(policy);
  const since = hindsight ? firstRowOf(past) : firstChampion.at.getTime() + 1;
  const begin = new Date(Math.max(start, since));
  const all = past.knownAt(new Date(8.64e15));
  const { schedule } = policy;
  const slots: readonly DueSlot[] = isBatch(schedule)
    ? (await slotsOfBatches(ports, past, policy, schedule, { until: to, hindsight })).filter(
        ({ slotAt }) => slotAt >= begin,
      )
    : [...slotsBetween(schedule, begin, to)].map((slotAt) => ({ slotKey: slotAt.toISOString(), slotAt }));
  return slots.map((slot) => {
    const { slotKey, slotAt } = slot;
    const champion = past.promotions.findLast(({ at }) => at <= slotAt) ?? firstChampion;
    // A batch is only checked when it has settled.
    const settled = new Date(slotAt.getTime() + (isBatch(schedule) ? 0 : policy.data.settleMs));
    return planCheck({
      ...slot,
      id: slotKey,
      modelId: past.model.id,
      spanMs: policy.window.spanMs,
      policyRevisionId: "",
      versionId: champion.versionId,
      baselineId: champion.baselineId,
      asOfSeq: hindsight ? all : (past.checkOf(slotKey)?.asOfSeq ?? past.knownAt(settled)),
      createdAt: settled,
    });
  });
}

/** Windows before any row are no silence: nothing was recorded then. */
function firstRowOf({ predictions }: Past): number {
  const times = predictions.map(({ firstAt }) => firstAt.getTime());
  return times.reduce((first, time) => Math.min(first, time), times[0] ?? Number.NEGATIVE_INFINITY);
}

interface DueSlot {
  readonly slotKey: string;
  readonly slotAt: Date;
  readonly window?: Window;
}

/** Batches as they were seen; of files that nobody has looked at, as they arrived. In hindsight, each as it was scored. */
async function slotsOfBatches(
  ports: ReplayPorts,
  past: Past,
  { data }: Policy,
  { batch: column, graceMs }: BatchSchedule,
  { until, hindsight }: { readonly until: Date; readonly hindsight: boolean },
): Promise<readonly DueSlot[]> {
  const seen = await ports.state.batches.parts(past.model.id, column);
  const others = await ports.state.batches.unseen(past.model.id, column);
  const seenAt = ({ arrivedAt, lastAt }: (typeof others)[number]) => arrivedAt ?? lastAt;
  const parts = await batchPartsOf(ports, others, { column, seenAt });
  const all = [...seen, ...parts].map((part) => (hindsight ? { ...part, seenAt: part.lastAt } : part));
  return batchSlots(all, { settleMs: data.settleMs, graceMs, until });
}

function decidedAt(past: Past, row: CheckRow, { hindsight }: ReplayRequest): Date {
  return (hindsight ? undefined : past.checkOf(row.slotKey)?.doneAt) ?? row.createdAt;
}

function guardOf(
  { promote: { rollback } }: Policy,
  { performance }: Pick<WindowEvaluation, "performance">,
): Pick<ReplayedCheck, "guard"> {
  if (rollback === undefined) return {};
  const { findings = [], without } = performance ?? {};
  return { guard: askGuard(rollback.when, { findings, without }) };
}

function asReplayed(row: CheckRow, seen: WindowEvaluation<TestVerdict>, decided: Date): ReplayedCheck {
  const { slotAt, windowStart, windowEnd, versionId, baselineId, asOfSeq } = row;
  const { verdict, reason, outcomes } = seen.judgement;
  const drifted = seen.findings.filter((finding) => finding.drifted && finding.observed !== true);
  return {
    ...{ slot: slotAt, windowStart, windowEnd, versionId, baselineId, asOfSeq, decidedAt: decided },
    ...{ rows: seen.rows, quarantined: seen.quarantined, verdict, reason },
    outcomes: [...outcomes].sort(
      (one, other) => compareText(one.rule, other.rule) || compareText(one.segment, other.segment),
    ),
    drifted: [
      ...new Set(drifted.map(({ feature, segment }) => (segment === "" ? feature : `${feature} [${segment}]`))),
    ],
    provisional: [...new Set(seen.findings.flatMap((one) => (one.provisional === true ? [one.segment] : [])))],
  };
}

/** In the order in which the live stage reads them. */
function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Half of the runs took no longer; none is known: no time. */
function medianRun({ runs }: Past): number {
  const took = runs.flatMap(({ createdAt, finishedAt }) =>
    finishedAt === undefined ? [] : [finishedAt.getTime() - createdAt.getTime()],
  );
  return took.sort((one, other) => one - other)[Math.floor(took.length / 2)] ?? 0;
}

async function labelledFor(
  ports: ReplayPorts,
  past: Past,
  policy: Policy,
  first: CheckRow,
  last: CheckRow,
): Promise<LabelledPast | undefined> {
  const retrains = policy.retrain !== undefined && policy.rules.some((rule) => rule.do.includes("retrain"));
  if (policy.performance.metrics.length === 0 && !retrains) return undefined;
  const cohort = first.windowEnd.getTime() - policy.data.labels.matureMs - policy.performance.windowMs;
  return openLabelledPast(ports, past, { from: retrains ? new Date(0) : new Date(cohort), to: last.windowEnd });
}

interface EvaluatorInput extends ReplayRequest {
  readonly rows: readonly CheckRow[];
  readonly labelled: LabelledPast | undefined;
}

/** Ports of the live evaluation that are at the time of a check. */
async function portsInThePast(
  ports: ReplayPorts,
  past: Past,
  input: EvaluatorInput,
): Promise<(row: CheckRow) => EvaluationPorts> {
  const sliding = await slidingWindows(ports, past, input);
  const seasons = ports.seasons ?? createSeasons(ports);
  const segmented = ports.segmented ?? createSegmentedBaselines(ports);
  const filesOf = { predictions: timedFiles(past.predictions), labels: timedFiles(past.labels), shadow: [] };
  const { state } = ports;
  const remembering: EvaluationPorts["state"] = {
    ...state,
    versions: { ...state.versions, get: past.version },
    baselines: { ...state.baselines, get: past.baseline },
    quarantines: { ...state.quarantines, list: async () => past.quarantines },
    log: {
      ...state.log,
      files: async (_model, kind, { from, to, asOfSeq = Number.POSITIVE_INFINITY }) =>
        filesWithin(filesOf[kind], {
          from: from?.getTime() ?? Number.NEGATIVE_INFINITY,
          to: to?.getTime() ?? Number.POSITIVE_INFINITY,
          asOfSeq,
        }),
    },
  };
  return (row) => {
    const exact = recordedDistances(ports, past, row, input);
    return {
      ...{
        log: ports.log,
        policies: ports.policies,
        profiles: { of: past.profile },
        seasons,
        segmented,
        state: remembering,
      },
      ...(ports.limits === undefined ? {} : { limits: ports.limits }),
      engine: {
        ...ports.engine,
        ...(input.labelled === undefined ? {} : { labelled: input.labelled.labelled }),
        exactKolmogorovSmirnov: async (request) =>
          (await exact(request.feature)) ?? ports.engine.exactKolmogorovSmirnov(request),
      },
      counted: ({ baselineId, segment, window, except = [] }) =>
        sliding.get(slidingKey(baselineId, segment))?.of({ ...known(row, window), except }),
      countedHours: ({ baselineId, segment, window, except = [] }) =>
        sliding.get(slidingKey(baselineId, segment))?.rowsByHour({ ...known(row, window), except }),
    };
  };
}

function known({ asOfSeq }: CheckRow, { start, end }: Window) {
  return { from: start.getTime(), to: end.getTime(), asOfSeq };
}
