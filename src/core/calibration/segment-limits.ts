import type { Policy } from "../policy/policy.ts";
import { rulesPer } from "../policy/segments.ts";
import { watchedFeatures } from "../policy/watched-features.ts";
import { isFeature } from "../prediction/contract.ts";
import type { FeatureBins, Profile } from "../profile/bins.ts";
import { averageInterval } from "../schedule/average-interval.ts";
import type { Rate } from "../units.ts";
import { type DesignEffects, designEffects, hoursOf, inflateFor } from "./design-effects.ts";
import { anyFeature, rulesByBudget } from "./drift-rules.ts";
import { type HourlyGrid, type HourOfCounts, hourlyGrid } from "./hourly-grid.ts";
import { stratumOfHour } from "./match-baseline.ts";
import { performanceChance } from "./performance-chance.ts";
import type { ReplayedRule } from "./replayed-rules.ts";
import type { SegmentedBaseline } from "./segmented-baseline.ts";

/** A baseline divided by a column, each segment hour by hour. */
export interface SegmentedHours extends Pick<SegmentedBaseline, "column" | "rareValues" | "otherRows"> {
  /** Bins of the hours: edges of the tests' bins are enough. */
  readonly bins: readonly FeatureBins[];
  readonly segments: readonly {
    readonly segment: string;
    readonly rows: number;
    /** Empty where the baseline has no times. */
    readonly hours: readonly HourOfCounts[];
  }[];
}

/** What the alarm budget comes to in the segments of one column. */
export interface SegmentCalibration {
  readonly column: string;
  /** Chance of a false alarm that all drift tests of one segment have together at a check. */
  readonly alpha: number;
  readonly alphaPerTest: number;
  readonly tests: number;
  /** False incidents expected in the budget's span, of all these segments together: of drift, and of performance. */
  readonly expectedIncidents: number;
  readonly expectedWorse: number;
  /** Of the two-sided intervals whose lower end performance rules compare. */
  readonly confidence: number;
  readonly segments: readonly SegmentLimits[];
  readonly rareValues: number;
  /** Part of the baseline's rows that is in none of the segments. */
  readonly otherShare: number;
}

export interface SegmentLimits {
  readonly segment: string;
  readonly baselineRows: number;
  /** Rows of a usual window; undefined where the baseline has no times to tell it from. */
  readonly windowRows: number | undefined;
  /** What sizes are divided by, by feature: enlarged for their own noise. */
  readonly effects: Readonly<Record<string, number>>;
  readonly provisional: boolean;
}

interface Asked {
  readonly policy: Policy;
  readonly profile: Profile;
  readonly segmented: readonly SegmentedHours[];
  /** All rows of the baseline, and their effects: rules are replayed on them, segments with too few blocks take theirs. */
  readonly grid: HourlyGrid;
  readonly effects: DesignEffects;
  readonly budget: { readonly drift: Rate | undefined; readonly performance: Rate | undefined };
  readonly chanceOf: (drawn: {
    readonly grid: HourlyGrid;
    readonly rules: readonly ReplayedRule[];
    readonly budget: Rate;
  }) => {
    readonly alpha: number;
    readonly alphaPerTest: number;
    readonly tests: number;
    readonly expectedIncidents: number;
  };
}

/**
 * Limits of the segments that rules are asked of. Their part of the budget is shared equally by all segments of all
 * columns: incidents add up. α of one segment comes from the replay of its rules on the hours of all rows, without the
 * floor, which smaller numbers of rows would not be held back by as much; its design effects are measured on its own.
 */
export function segmentLimits(asked: Asked): readonly SegmentCalibration[] {
  const { segmented, budget } = asked;
  const number = Math.max(
    1,
    segmented.reduce((sum, { segments }) => sum + segments.length, 0),
  );
  const part = (rate: Rate | undefined): Rate => ({
    count: (rate?.count ?? 1e-9) / number,
    perMs: rate?.perMs ?? 1,
  });
  const parts = { drift: part(budget.drift), performance: part(budget.performance) };
  return segmented.map((one) => limitsPer(asked, one, parts));
}

function limitsPer(
  asked: Asked,
  divided: SegmentedHours,
  parts: { readonly drift: Rate; readonly performance: Rate },
): SegmentCalibration {
  const { policy, profile } = asked;
  const { column, segments } = divided;
  const own = { ...policy, rules: rulesPer(policy, column) };
  const grid = { ...asked.grid, features: asked.grid.features.filter(({ name }) => name !== column) };
  const names = grid.features.map(({ name }) => name);
  const rules = rulesByBudget(own, names, watchedFeatures(policy, names.filter(isFeature)));
  const replayed = rules.drift.length > 0 ? rules.drift : [anyFeature];
  const chance = asked.chanceOf({ grid, rules: replayed, budget: parts.drift });
  const asking = own.rules.filter(({ name }) => rules.performance.includes(name));
  const worse =
    asking.length === 0
      ? { confidence: 0.95, expected: 0 }
      : performanceChance({
          ...{ rules: asking, metrics: policy.performance.metrics.length, budget: parts.performance },
          ...{ windowMs: policy.performance.windowMs, everyMs: averageInterval(policy.schedule, policy.window.spanMs) },
        });
  const { alpha, alphaPerTest, tests, expectedIncidents } = chance;
  return {
    ...{ column, alpha, alphaPerTest, tests, confidence: worse.confidence },
    expectedIncidents: rules.drift.length > 0 ? expectedIncidents * segments.length : 0,
    expectedWorse: worse.expected * segments.length,
    segments: segments.map((segment) => limitsOfOne(asked, divided.bins, segment, { names, alphaPerTest })),
    rareValues: divided.rareValues,
    otherShare: profile.counts.rows === 0 ? 0 : divided.otherRows / profile.counts.rows,
  };
}

function limitsOfOne(
  { policy, grid: whole, effects: ofWhole }: Asked,
  bins: readonly FeatureBins[],
  { segment, rows, hours }: SegmentedHours["segments"][number],
  { names, alphaPerTest }: { readonly names: readonly string[]; readonly alphaPerTest: number },
): SegmentLimits {
  const { match } = policy.baseline;
  const grid = hourlyGrid(bins, hours);
  const own = { ...grid, features: grid.features.filter(({ name }) => names.includes(name)) };
  const stratumOf = (hour: number) => stratumOfHour(own.firstHour + hour, match);
  const byTime = designEffects(own, policy.window.spanMs, match.length === 0 ? undefined : stratumOf);
  const provisional = ofWhole.provisional || byTime.provisional;
  const effects = provisional ? ofWhole : byTime;
  const effectOf = (name: string): number => {
    const found = Object.hasOwn(effects.byFeature, name) ? effects.byFeature[name] : undefined;
    return found === undefined ? 1 : inflateFor(found, alphaPerTest);
  };
  return {
    ...{ segment, baselineRows: rows, provisional },
    windowRows: whole.hours === 0 ? undefined : Math.round((rows / whole.hours) * hoursOf(policy.window.spanMs)),
    effects: Object.fromEntries(names.map((name) => [name, effectOf(name)])),
  };
}
