import { DriftwardError } from "../errors.ts";
import { type OptionNames, requireKnownOptions } from "../known-options.ts";
import type { FeatureKind } from "../prediction/contract.ts";
import type { FeatureBins, FeatureCounts, Profile } from "../profile/bins.ts";
import { kolmogorovSmirnov } from "../statistics/kolmogorov-smirnov.ts";
import { describeColumns } from "../table/column-type.ts";
import { countTally } from "../table/count-tally.ts";
import { readTable, type Table, type TableInput } from "../table/table.ts";
import { fitBins, type Tally, tallyColumn } from "../table/tally.ts";
import { compare, correctTogether, withExact } from "./compare.ts";
import {
  type Comparison,
  type ComparisonRules,
  comparisonEdges,
  comparisonMissingRise,
  judgeComparison,
  tooFewRows,
} from "./comparison.ts";
import { pairColumns } from "./pair-columns.ts";
import { findQuality, withDamage } from "./quality.ts";

export interface CompareTablesOptions extends Partial<ComparisonRules> {
  /** Columns to compare; all that both sides have when absent. */
  readonly features?: readonly string[];
  /** Kinds of columns whose values leave a doubt: numbers that are codes, text that is numbers. */
  readonly kinds?: Readonly<Record<string, FeatureKind>>;
}

/** The names of the rules, which every comparison has. */
export const ruleNames: OptionNames<ComparisonRules> = { alarmRate: true, floor: true, minRows: true, tests: true };

const optionNames: OptionNames<CompareTablesOptions> = { ...ruleNames, features: true, kinds: true };

/** What `driftward check` does when it is told nothing else. */
export const comparisonRules: ComparisonRules = {
  alarmRate: 0.01,
  floor: 0.05,
  minRows: 30,
  tests: { numeric: ["psi", "ks"], categorical: ["psi", "chi_square"] },
};

/** What both sides count, and the exact distances where the rows of both are at hand. */
interface Counted {
  readonly profile: Profile;
  readonly live: { readonly rows: number; readonly features: readonly FeatureCounts[] };
  readonly distances: ReadonlyMap<string, number>;
}

/**
 * Compares live data with a baseline, both in memory: the verdict and findings that `driftward check --exact` gives for
 * files with the same data. O(n log n) a column.
 *
 * @param baseline  rows or columns; or a profile of them, whose bins and counts were kept: KS then has certified bounds
 *                  in place of the exact distance
 * @throws InvalidInput when data is no table or a number is out of range, InvalidData when the sides share no column
 */
export function compareTables(
  baseline: TableInput | Profile,
  live: TableInput,
  options: CompareTablesOptions = {},
): Comparison {
  requireKnownOptions(options, optionNames, "compare");
  const rules = checkRules({ ...comparisonRules, ...options });
  const after = readTable(live, "the live data");
  const before = isProfile(baseline) ? baseline : readTable(baseline, "the baseline");
  const columns = isProfile(before) ? before.bins.map(columnOf) : describeColumns(before, options.kinds);
  const { features, quality, skipped } = pairColumns(
    columns,
    describeColumns(after),
    options.features,
    new Set(Object.keys(options.kinds ?? {})),
  );
  const baselineRows = isProfile(before) ? before.counts.rows : before.rows;
  const none = { baselineRows, liveRows: after.rows, findings: [], quality, skipped };
  const few = tooFewRows(baselineRows, after.rows, rules.minRows);
  if (few !== undefined) return { verdict: "inconclusive", reason: few, ...none };
  const names = new Set(features.map(({ name }) => name));
  const counted = isProfile(before) ? countLive(before, after, names) : countBoth(before, after, features);
  const number = features.reduce((sum, feature) => sum + rules.tests[feature.kind].length, 0);
  const alphaPerTest = rules.alarmRate / Math.max(1, number);
  const found = compare(counted.profile, counted.live, { ...rules, alphaPerTest, segment: "" }).map((finding) => {
    const distance = finding.test === "ks" ? counted.distances.get(finding.feature) : undefined;
    return distance === undefined ? finding : withExact(finding, distance, rules.floor);
  });
  const damage = findQuality(counted.profile, counted.live, { missingRise: comparisonMissingRise, segment: "" });
  const broken = withDamage(quality, damage);
  return { ...none, ...judgeComparison(found, broken), findings: correctTogether(found), quality: broken };
}

/** @throws InvalidInput when a number is out of range */
export function checkRules(rules: ComparisonRules): ComparisonRules {
  const { alarmRate, floor, minRows, tests } = rules;
  if (!(alarmRate > 0 && alarmRate < 1))
    throw new DriftwardError("InvalidInput", `expected an alarm rate between 0 and 1, got ${alarmRate}`);
  if (!(floor >= 0 && floor < 1))
    throw new DriftwardError("InvalidInput", `expected a floor of at least 0 and below 1, got ${floor}`);
  if (!(Number.isInteger(minRows) && minRows >= 1))
    throw new DriftwardError("InvalidInput", `expected a whole number of rows above 0, got ${minRows}`);
  for (const [kind, known] of Object.entries(knownTests))
    requireTests(kind, (tests as Readonly<Record<string, unknown>>)[kind], known);
  return { alarmRate, floor, minRows, tests };
}

const knownTests = { numeric: ["psi", "ks", "chi_square"], categorical: ["psi", "chi_square"] } as const;

function requireTests(kind: string, given: unknown, known: readonly string[]): void {
  const all = `expected a list out of ${known.join(", ")} as the tests of ${kind} features`;
  if (!Array.isArray(given)) throw new DriftwardError("InvalidInput", `${all}, got ${typeof given}`);
  const strange = given.find((test) => !known.includes(test));
  if (strange !== undefined) throw new DriftwardError("InvalidInput", `${all}, got ${String(strange)}`);
}

function isProfile(baseline: TableInput | Profile | Table): baseline is Profile {
  // Callers without types may give anything: what is no object is told by `readTable`.
  if (typeof baseline !== "object" || baseline === null) return false;
  return "bins" in baseline && Array.isArray(baseline.bins) && "counts" in baseline && "features" in baseline.counts;
}

function columnOf({ name, kind }: FeatureBins) {
  return { name, type: kind === "numeric" ? ("numeric" as const) : ("text" as const) };
}

/** One column at a time, so that no more than one is held sorted. */
function countBoth(before: Table, after: Table, features: ReturnType<typeof pairColumns>["features"]): Counted {
  const [bins, then, now]: [FeatureBins[], FeatureCounts[], FeatureCounts[]] = [[], [], []];
  const distances = new Map<string, number>();
  for (const { name, kind } of features) {
    const was = tallyColumn(before.columns.get(name), before.rows, kind);
    const is = tallyColumn(after.columns.get(name), after.rows, kind);
    const fitted = fitBins(name, was, comparisonEdges);
    bins.push(fitted);
    then.push(countTally(fitted, was));
    now.push(countTally(fitted, is));
    const distance = distanceOf(was, is);
    if (distance !== undefined) distances.set(name, distance);
  }
  const profile = { bins, counts: { rows: before.rows, features: then } };
  return { profile, live: { rows: after.rows, features: now }, distances };
}

function distanceOf(was: Tally, is: Tally): number | undefined {
  if (was.kind !== "numeric" || is.kind !== "numeric") return undefined;
  if (was.sorted.length === 0 || is.sorted.length === 0) return undefined;
  return kolmogorovSmirnov(was.sorted, is.sorted).statistic;
}

function countLive(profile: Profile, live: Table, names: ReadonlySet<string>): Counted {
  const kept = profile.bins.flatMap((bins, index) => {
    const counts = profile.counts.features[index];
    return counts !== undefined && names.has(bins.name) ? [{ bins, counts }] : [];
  });
  const features = kept.map(({ bins }) =>
    countTally(bins, tallyColumn(live.columns.get(bins.name), live.rows, bins.kind)),
  );
  const own = {
    bins: kept.map(({ bins }) => bins),
    counts: { rows: profile.counts.rows, features: kept.map(({ counts }) => counts) },
  };
  return { profile: own, live: { rows: live.rows, features }, distances: new Map() };
}
