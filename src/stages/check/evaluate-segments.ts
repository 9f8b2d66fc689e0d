import { budgetShares } from "../../core/calibration/budget-shares.ts";
import type { CheckLimits } from "../../core/calibration/calibrate.ts";
import {
  type BaselineSegment,
  type SegmentedBaseline,
  withoutSegments,
} from "../../core/calibration/segmented-baseline.ts";
import { alphaPerCheck } from "../../core/drift/alarm-rate.ts";
import { type Compare, correctTogether } from "../../core/drift/compare.ts";
import type { QualityFinding, TestVerdict } from "../../core/drift/finding.ts";
import { findQuality, missingRise } from "../../core/drift/quality.ts";
import { ruleFacts } from "../../core/drift/rule-facts.ts";
import { noticeOtherRows, type SegmentedFacts, type SegmentSight } from "../../core/drift/segment-sight.ts";
import { asksOf } from "../../core/policy/asks-of.ts";
import type { RuleFacts } from "../../core/policy/facts.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { rulesPer, segmentColumns } from "../../core/policy/segments.ts";
import { watchedFeatures } from "../../core/policy/watched-features.ts";
import { isTestedOutput } from "../../core/prediction/contract.ts";
import type { Counts, Profile } from "../../core/profile/bins.ts";
import { averageInterval } from "../../core/schedule/average-interval.ts";
import type { SegmentedBaselines } from "../../ports/lookups.ts";
import { type GatherRequest, gatherCounts } from "./gather-counts.ts";
import { matchSegment, type SeasonPorts } from "./match-season.ts";
import { createSegmentedBaselines } from "./segmented-baselines.ts";
import { enough, featureNames } from "./test-drift.ts";
import { type SegmentTests, testSegment } from "./test-segment.ts";

export interface SegmentPorts extends SeasonPorts {
  readonly segmented?: SegmentedBaselines;
}

/** What a check saw of the segments that rules are asked of. */
export interface SegmentsEvaluation<Found extends TestVerdict> extends SegmentedFacts {
  readonly sights: readonly SegmentSight[];
  readonly findings: readonly Found[];
  readonly quality: readonly QualityFinding[];
}

export interface SegmentsRequest<Found extends TestVerdict> {
  readonly policy: Policy;
  /** Name of the version judged; undefined while none serves. */
  readonly version: string | undefined;
  readonly gathering: Omit<GatherRequest, "segment">;
  readonly limits: CheckLimits | undefined;
  /** Of all rows of the window. */
  readonly counts: Counts;
  /** What is broken in all rows: not told again of each segment. */
  readonly broken: readonly QualityFinding[];
  readonly compare: Compare<Found>;
}

type Asked<Found extends TestVerdict> = SegmentsRequest<Found> & { readonly own: "all" | "some" };

/** Evaluates the window in each segment that a rule is asked of; nothing where the policy has no such rule. */
export async function evaluateSegments<Found extends TestVerdict>(
  ports: SegmentPorts,
  request: SegmentsRequest<Found>,
): Promise<SegmentsEvaluation<Found>> {
  const columns = segmentColumns(request.policy);
  const { modelId, baselineId, profile, exceptOfBaseline: except = [] } = request.gathering;
  if (columns.length === 0 || baselineId === undefined)
    return { ...nothingSeen, without: Object.fromEntries(columns.map((column) => [column, "no baseline"])) };
  const segmented = ports.segmented ?? createSegmentedBaselines(ports);
  const { match } = request.policy.baseline;
  const divided: SegmentedBaseline[] = [];
  for (const column of columns)
    divided.push(await segmented.of({ modelId, baselineId, profile, column, match, except }));
  const number = divided.reduce((sum, { segments }) => sum + segments.length, 0);
  const own = await ownRows(ports, request);
  const seen: ColumnSeen<Found>[] = [];
  for (const one of divided) seen.push(await evaluateColumn(ports, { ...request, own }, one, number));
  return {
    sights: seen.flatMap(({ segments }) => segments.map(({ sight }) => sight)),
    findings: correctTogether(seen.flatMap(({ segments }) => segments.flatMap(({ findings }) => findings))),
    quality: seen.flatMap(({ segments, other }) => [...other, ...segments.flatMap(({ quality }) => quality)]),
    facts: Object.fromEntries(seen.map(({ column, segments }) => [column, segments.map(factsOf)])),
    without: Object.fromEntries(divided.flatMap((one) => reasonOf(one))),
  };
}

/** Whether all rows of the window are the judged version's: its predictions in a segment are then at hand. */
async function ownRows(
  ports: SegmentPorts,
  { version, gathering, counts }: Pick<SegmentsRequest<TestVerdict>, "version" | "gathering" | "counts">,
): Promise<"all" | "some"> {
  if (version === undefined || gathering.profile.bins.every(({ name }) => !isTestedOutput(name))) return "all";
  const own = await gatherCounts(ports, { ...gathering, segment: `model_version=${version}` });
  return own.rows === counts.rows ? "all" : "some";
}

const nothingSeen = { sights: [], findings: [], quality: [], facts: {} };

function reasonOf(divided: SegmentedBaseline): readonly (readonly [string, string])[] {
  const reason = withoutSegments(divided);
  return reason === undefined ? [] : [[divided.column, reason]];
}

interface SegmentSeen<Found extends TestVerdict> {
  readonly sight: SegmentSight;
  readonly findings: readonly Found[];
  readonly quality: readonly QualityFinding[];
  readonly facts: RuleFacts;
}

interface ColumnSeen<Found extends TestVerdict> {
  readonly column: string;
  readonly segments: readonly SegmentSeen<Found>[];
  readonly other: readonly QualityFinding[];
}

function factsOf({ sight, facts }: Pick<SegmentSeen<TestVerdict>, "sight" | "facts">) {
  return { segment: sight.segment, facts };
}

async function evaluateColumn<Found extends TestVerdict>(
  ports: SegmentPorts,
  request: Asked<Found>,
  divided: SegmentedBaseline,
  number: number,
): Promise<ColumnSeen<Found>> {
  const { column, segments, otherRows } = divided;
  const { counts, gathering } = request;
  const tests = testsOf(request, column, number);
  const seen: SegmentSeen<Found>[] = [];
  for (const segment of segments) seen.push(await evaluateSegment(ports, request, segment, { column, tests }));
  const covered = seen.reduce((sum, { sight }) => sum + sight.rows, 0);
  const before = { rows: gathering.profile.counts.rows, other: otherRows };
  const other =
    enough(counts.rows, request.policy) === undefined && segments.length > 0
      ? noticeOtherRows(column, before, { rows: counts.rows, other: counts.rows - covered })
      : [];
  return { column, segments: seen, other };
}

/** What is tested in the segments of a column, and at which limits: calibrated ones, else the budget spread over the checks. */
function testsOf(
  { policy, limits, gathering }: Pick<SegmentsRequest<TestVerdict>, "policy" | "limits" | "gathering">,
  column: string,
  number: number,
): SegmentTests {
  const known = limits?.segments?.[column];
  const names = featureNames(gathering.profile).filter((name) => name !== column);
  const alarming = watchedFeatures(policy, names);
  const made = gathering.profile.bins
    .filter(({ name }) => alarming.includes(name) || isTestedOutput(name))
    .reduce((sum, { kind }) => sum + policy.drift.tests[kind].length, 0);
  const budget = budgetShares(policy).segments ?? policy.drift.alarmBudget;
  const spread =
    alphaPerCheck(budget, averageInterval(policy.schedule, policy.window.spanMs)) / Math.max(1, number * made);
  return {
    ...{ names, alphaPerTest: known?.alphaPerTest ?? spread },
    bySegment: known?.bySegment ?? {},
  };
}

async function evaluateSegment<Found extends TestVerdict>(
  ports: SegmentPorts,
  request: Asked<Found>,
  baseline: BaselineSegment,
  { column, tests }: { readonly column: string; readonly tests: SegmentTests },
): Promise<SegmentSeen<Found>> {
  const { policy, version, gathering, broken, own, compare } = request;
  const { segment } = baseline;
  const rules = rulesPer(policy, column);
  const counts = await gatherCounts(ports, { ...gathering, segment });
  const unseen = enough(counts.rows, policy) ?? (version === undefined ? "no version serves yet" : undefined);
  const compared =
    unseen === undefined
      ? await matchSegment(ports, policy, { ...gathering, segment }, baseline)
      : profileOf(request, baseline);
  const findings =
    unseen === undefined && version !== undefined && rules.some((rule) => asksOf(rule, "drift"))
      ? await testSegment(ports, { policy, version, own, gathering, tests, segment, counts, compared, compare })
      : [];
  const watched = watchedFeatures(policy, tests.names);
  const damage =
    unseen === undefined && rules.some((rule) => asksOf(rule, "quality"))
      ? findQuality(compared, counts, { missingRise: policy.quality.missingRise, segment, only: new Set(watched) })
      : [];
  const critical = damage.filter(({ severity }) => severity === "critical");
  const facts = ruleFacts({
    ...{ rows: counts.rows, findings, watched, quality: critical },
    missingRise: unseen === undefined ? missingRise(compared, counts) : {},
    performance: [],
    withoutDrift: unseen,
    withoutPerformance: undefined,
  });
  const sight = { segment, rows: counts.rows, baselineRows: baseline.counts.rows };
  return {
    sight: unseen === undefined ? sight : { ...sight, without: unseen },
    ...{ findings, facts },
    quality: critical.filter(
      ({ feature, kind }) => !broken.some((one) => one.feature === feature && one.kind === kind),
    ),
  };
}

function profileOf(
  { gathering }: Pick<SegmentsRequest<TestVerdict>, "gathering">,
  { counts }: BaselineSegment,
): Profile {
  return { bins: gathering.profile.bins, counts };
}
