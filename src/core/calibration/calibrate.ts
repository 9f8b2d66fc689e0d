import { alphaPerCheck } from "../drift/alarm-rate.ts";
import type { BinSpread } from "../drift/bin-spread.ts";
import type { Calendar, Policy } from "../policy/policy.ts";
import { rulesPer } from "../policy/segments.ts";
import { watchedFeatures } from "../policy/watched-features.ts";
import { isFeature, isTestedOutput } from "../prediction/contract.ts";
import type { Counts, Profile } from "../profile/bins.ts";
import { averageInterval } from "../schedule/average-interval.ts";
import type { Rate } from "../units.ts";
import { alarmChance, largestAlpha } from "./alarm-chance.ts";
import { budgetShares } from "./budget-shares.ts";
import { describeLimits, type FeatureLimits } from "./describe-limits.ts";
import { type DesignEffects, designEffects, hoursOf, inflateFor } from "./design-effects.ts";
import { anyFeature, type RulesByBudget, rulesByBudget } from "./drift-rules.ts";
import { type HourOfCounts, hourlyGrid } from "./hourly-grid.ts";
import { stratumOfHour, usualShare } from "./match-baseline.ts";
import { performanceChance } from "./performance-chance.ts";
import { type LabelledBaseline, performanceEffect } from "./performance-effects.ts";
import { rowOrderEffects } from "./row-order-effects.ts";
import { type SegmentCalibration, type SegmentedHours, segmentLimits } from "./segment-limits.ts";

export interface CalibrationInput {
  readonly policy: Policy;
  readonly profile: Profile;
  /** The baseline hour by hour; empty when its rows have no timestamps. */
  readonly hours: readonly HourOfCounts[];
  /** Where the hours are too few: counts of consecutive parts of the baseline, as of `rowOrderEffects`. */
  readonly inOrder?: readonly Counts[];
  /** Its labelled rows that have times; without them rows count as independent in metrics. */
  readonly labelled?: LabelledBaseline;
  /** Where rules are asked of segments: the baseline divided by each of their columns. */
  readonly segmented?: readonly SegmentedHours[];
  /** Rows of a usual window; those of the baseline in as long a time when absent. */
  readonly windowRows?: number;
  /** Features times checks that are drawn at most; fewer are quicker and less exact. */
  readonly effort?: number;
}

/** What a policy's alarm budget comes to on a baseline. */
export interface Calibration {
  readonly budget: Rate;
  /** Chance of a false alarm that all drift tests of a check have together. */
  readonly alpha: number;
  readonly alphaPerTest: number;
  readonly tests: number;
  /** Whether the 5 % that no check exceeds bounds α rather than the budget. */
  readonly capped: boolean;
  /** False drift incidents expected in the budget's span. */
  readonly expectedIncidents: number;
  /** Too little of the baseline to trust: such limits may notify, they never start a retrain. */
  readonly provisional: boolean;
  readonly floor: number;
  readonly windowRows: number;
  readonly features: readonly FeatureLimits[];
  /** How the bins of each feature vary together, where it was measured. */
  readonly spreads: Readonly<Record<string, BinSpread>>;
  readonly performance: readonly PerformanceLimit[];
  /** Calendars that checks match the baseline on, and whether it has the times for it. */
  readonly matched: { readonly on: readonly Calendar[]; readonly times: boolean };
  /** Rules with limits of their own, which no budget bounds. */
  readonly unbudgeted: readonly string[];
  /** By column, where rules are asked of segments; and the rows that each needs. */
  readonly segments?: readonly SegmentCalibration[];
  readonly minRows?: number;
}

export interface PerformanceLimit {
  readonly metric: string;
  /** Of the two-sided interval whose lower end the rules compare. */
  readonly confidence: number;
  readonly expectedIncidents: number;
  /** What the variance of the metric is multiplied by: its design effect, enlarged for its own noise at this confidence. */
  readonly effect: number;
  /** The design effect as measured; undefined where the baseline has too few labelled rows with times. */
  readonly measured: number | undefined;
}

/** What a check needs of a calibration. */
export interface CheckLimits {
  readonly alphaPerTest: number;
  /** What sizes are divided by, by feature. */
  readonly effects: Readonly<Record<string, number>>;
  /** How the bins vary together, by feature; none where it could not be measured. */
  readonly spreads?: Readonly<Record<string, BinSpread>>;
  readonly provisional: boolean;
  readonly performanceConfidence: number;
  /** What variances of metrics are multiplied by; 1 for those that are not named. */
  readonly performanceEffects: Readonly<Record<string, number>>;
  /** False incidents expected in the budget's span, of drift and performance together. */
  readonly expectedIncidents: number;
  /** By column, where rules are asked of segments. */
  readonly segments?: Readonly<Record<string, CheckSegmentLimits>>;
}

/** The limits in the segments of one column. */
export interface CheckSegmentLimits extends Pick<CheckLimits, "alphaPerTest" | "performanceConfidence"> {
  /** By segment, such as `country=NL`. */
  readonly bySegment: Readonly<Record<string, Pick<CheckLimits, "effects" | "provisional">>>;
}

/**
 * Derives every limit of a policy from its alarm budget and its baseline: design effects from window-long blocks, the
 * chance of an alarm from a replay of the rules, the confidence of performance intervals from the budget's other part.
 * Deterministic. With fewer than eight window-long blocks nothing is replayed: the budget is spread over the checks, and
 * design effects are told from the order of the rows.
 */
export function calibrate(input: CalibrationInput): Calibration {
  const { policy, profile } = input;
  const { match } = policy.baseline;
  const names = profile.bins.map((bins) => bins.name);
  const watched = watchedFeatures(policy, names.filter(isFeature));
  const tested = names.filter((name) => watched.includes(name) || isTestedOutput(name));
  const grid = hourlyGrid(profile.bins, input.hours);
  const own = { ...grid, features: grid.features.filter(({ name }) => tested.includes(name)) };
  const stratumOf = (hour: number) => stratumOfHour(own.firstHour + hour, match);
  const byTime = designEffects(own, policy.window.spanMs, match.length === 0 ? undefined : stratumOf);
  const byOrder = byTime.provisional ? rowOrderEffects(profile.bins, input.inOrder ?? [], tested) : undefined;
  const effects = byOrder ?? byTime;
  const rules = rulesByBudget({ ...policy, rules: rulesPer(policy, undefined) }, tested, watched);
  const replayed = rules.drift.length > 0 ? rules.drift : [anyFeature];
  const shares = budgetShares(policy);
  const chance = driftChance(input, { grid: own, effects, rules: replayed, budget: shares.whole ?? zero });
  const segments = segmentLimits({
    ...{ policy, profile, segmented: input.segmented ?? [], grid: own, effects },
    budget: { drift: shares.segments, performance: shares.segmentPerformance },
    chanceOf: (drawn) => driftChance(withoutFloor(input), { ...drawn, effects }),
  });
  const rows = input.windowRows ?? usualRows(input, own.hours);
  const hours = input.hours.map(({ hour, counts }) => ({ hour, rows: counts.rows }));
  const share = usualShare(hours, hoursOf(policy.window.spanMs), match);
  return {
    ...chance,
    budget: policy.drift.alarmBudget,
    provisional: effects.provisional,
    floor: policy.drift.floor,
    windowRows: rows,
    features: tested.flatMap((name) =>
      describeLimits(profile, name, { policy, effects, rows, share, alphaPerTest: chance.alphaPerTest }),
    ),
    spreads: spreadsOf(effects),
    performance: shares.performance === undefined ? [] : performanceLimits(input, rules, shares.performance),
    matched: { on: match, times: input.hours.length > 0 },
    unbudgeted: rulesByBudget(policy, tested, watched).unbudgeted,
    ...(segments.length === 0 ? {} : { segments, minRows: policy.window.minRows }),
  };
}

function withoutFloor(input: CalibrationInput): CalibrationInput {
  return { ...input, policy: { ...input.policy, drift: { ...input.policy.drift, floor: 0 } } };
}

function spreadsOf({ byFeature }: DesignEffects): Readonly<Record<string, BinSpread>> {
  return Object.fromEntries(
    Object.entries(byFeature).flatMap(([name, { spread }]) => (spread === undefined ? [] : [[name, spread]])),
  );
}

/** What a check takes from a calibration; design effects are enlarged for their own noise. */
export function limitsOf(calibration: Calibration): CheckLimits {
  const { segments = [] } = calibration;
  return {
    alphaPerTest: calibration.alphaPerTest,
    effects: Object.fromEntries(calibration.features.map(({ feature, effect }) => [feature, effect])),
    spreads: calibration.spreads,
    provisional: calibration.provisional,
    performanceConfidence: calibration.performance[0]?.confidence ?? 0.95,
    performanceEffects: Object.fromEntries(calibration.performance.map(({ metric, effect }) => [metric, effect])),
    expectedIncidents:
      calibration.expectedIncidents +
      (calibration.performance[0]?.expectedIncidents ?? 0) +
      segments.reduce((sum, one) => sum + one.expectedIncidents + one.expectedWorse, 0),
    ...(segments.length === 0 ? {} : { segments: Object.fromEntries(segments.map(checkLimitsPer)) }),
  };
}

function checkLimitsPer(one: SegmentCalibration): [string, CheckSegmentLimits] {
  const { column, alphaPerTest, confidence: performanceConfidence } = one;
  const bySegment = one.segments.map(({ segment, effects, provisional }) => [segment, { effects, provisional }]);
  return [column, { alphaPerTest, performanceConfidence, bySegment: Object.fromEntries(bySegment) }];
}

const zero: Rate = { count: 1e-9, perMs: 1 };

type Chance = Pick<Calibration, "alpha" | "alphaPerTest" | "tests" | "capped" | "expectedIncidents">;

function driftChance(
  { policy, effort }: CalibrationInput,
  drawn: Pick<Parameters<typeof alarmChance>[0], "grid" | "effects" | "rules" | "budget">,
): Chance {
  const { tests, floor, alarmBudget } = policy.drift;
  const number = drawn.grid.features.reduce((sum, { kind }) => sum + tests[kind].length, 0);
  const everyMs = averageInterval(policy.schedule, policy.window.spanMs);
  if (drawn.effects.provisional) {
    const alpha = alphaPerCheck(drawn.budget, everyMs);
    const expected = (alpha * alarmBudget.perMs) / everyMs;
    const alphaPerTest = alpha / Math.max(1, number);
    return { alpha, alphaPerTest, tests: number, capped: alpha >= largestAlpha, expectedIncidents: expected };
  }
  const settings = { ...drawn, tests, floor, everyMs, match: policy.baseline.match, spanMs: policy.window.spanMs };
  const { alpha, alphaPerTest, capped, expected } = alarmChance(
    effort === undefined ? settings : { ...settings, effort },
  );
  return { alpha, alphaPerTest, tests: number, capped, expectedIncidents: expected };
}

function usualRows({ policy, profile }: CalibrationInput, hours: number): number {
  if (hours === 0) return policy.window.minRows;
  const perHour = profile.counts.rows / hours;
  return Math.max(policy.window.minRows, Math.round(perHour * hoursOf(policy.window.spanMs)));
}

function performanceLimits(
  { policy, labelled }: CalibrationInput,
  rules: RulesByBudget,
  budget: Rate,
): readonly PerformanceLimit[] {
  const { metrics, windowMs } = policy.performance;
  const asked = rulesPer(policy, undefined).filter(({ name }) => rules.performance.includes(name));
  const { confidence, alphaPerMetric, expected } = performanceChance({
    ...{ rules: asked, metrics: metrics.length, budget, windowMs },
    everyMs: averageInterval(policy.schedule, policy.window.spanMs),
  });
  return metrics.map((metric) => {
    const found = labelled === undefined ? undefined : performanceEffect(metric, labelled);
    const effect = found === undefined ? 1 : inflateFor(found, alphaPerMetric);
    return { metric, confidence, expectedIncidents: expected, effect, measured: found?.own };
  });
}
