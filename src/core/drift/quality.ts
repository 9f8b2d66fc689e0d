import type { Counts, FeatureBins, FeatureCounts, Profile } from "../profile/bins.ts";
import { formatApart, formatNumber } from "./direction.ts";
import type { QualityFinding } from "./finding.ts";

export interface QualityOptions {
  /** By how much the share of missing or invalid values may rise: a fraction of all rows. */
  readonly missingRise: number;
  readonly segment: string;
  readonly only?: ReadonlySet<string>;
}

type Found = Pick<QualityFinding, "kind" | "severity" | "message">;

/**
 * Standard deviations by which a share must have risen, besides the policy's rise, to count as damage: a chance of one
 * in a million for each feature and check, so that a small window's luck opens no incident.
 */
const beyondChance = 4.75;

/**
 * What is broken, or looks like it, in a window's input: a feature that vanished, missing values that jumped, values of
 * the wrong type, a feature gone constant, values beyond the baseline's range, infinities.
 *
 * None of it counts as drift. A rise is damage when it exceeds `missingRise` and more than chance explains.
 */
export function findQuality(profile: Profile, window: Counts, options: QualityOptions): readonly QualityFinding[] {
  return profile.bins.flatMap((bins, index) => {
    const { name, kind } = bins;
    const [before, now] = [profile.counts.features[index], window.features[index]];
    if (before === undefined || now === undefined || options.only?.has(name) === false) return [];
    const found = [
      ...damage(name, sides(before, profile.counts.rows), sides(now, window.rows), options.missingRise),
      ...(kind === "numeric" ? oddities(name, before, now) : scattered(bins, before, now)),
    ];
    return found.map((finding) => ({ feature: name, segment: options.segment, ...finding }));
  });
}

/** What says more of a column than that its type is another: it has no value on a side, or values that do not read. */
const tellsMoreThanType: ReadonlySet<QualityFinding["kind"]> = new Set(["vanished", "appeared", "invalid"]);

/** What is odd about the columns, and then what about their values; of two that tell the same, the one that says more. */
export function withDamage(
  ofColumns: readonly QualityFinding[],
  damaged: readonly QualityFinding[],
): readonly QualityFinding[] {
  const told = new Set(damaged.flatMap(({ kind, feature }) => (tellsMoreThanType.has(kind) ? [feature] : [])));
  return [...ofColumns.filter(({ kind, feature }) => kind !== "changed type" || !told.has(feature)), ...damaged];
}

/** Rise of the share of missing or invalid values since the baseline, by feature; negative where it fell. */
export function missingRise(profile: Profile, window: Counts): Readonly<Record<string, number>> {
  const rises = profile.bins.map(({ name }, index): [string, number] => {
    const [before, now] = [profile.counts.features[index], window.features[index]];
    if (before === undefined || now === undefined) return [name, 0];
    const [was, is] = [sides(before, profile.counts.rows), sides(now, window.rows)];
    return [name, is.missing + is.invalid - was.missing - was.invalid];
  });
  return Object.fromEntries(rises);
}

interface Shares {
  readonly missing: number;
  readonly invalid: number;
  readonly rows: number;
}

function sides(counts: FeatureCounts, rows: number): Shares {
  return rows === 0
    ? { missing: 0, invalid: 0, rows }
    : { missing: counts.missing / rows, invalid: counts.invalid / rows, rows };
}

function damage(name: string, before: Shares, now: Shares, rise: number): readonly Found[] {
  if (now.rows === 0) return [];
  if (now.missing === 1 && before.missing < 1)
    return [{ kind: "vanished", severity: "critical", message: `${name} has no value in any of ${now.rows} rows` }];
  const found: Found[] = [];
  if (before.missing === 1 && now.missing < 1)
    found.push({
      kind: "appeared",
      severity: "notice",
      message: `${name} has values in ${percent(1 - now.missing)} of rows, in none of the baseline's ${before.rows}: there is nothing to compare them with`,
    });
  if (jumped(before.missing, now.missing, before.rows, now.rows, rise))
    found.push({
      kind: "missing rose",
      severity: "critical",
      message: `${name} is missing in ${percent(now.missing)} of rows, ${percent(before.missing)} in the baseline`,
    });
  if (now.invalid > before.invalid)
    found.push({
      kind: "invalid",
      severity: jumped(before.invalid, now.invalid, before.rows, now.rows, rise) ? "critical" : "notice",
      message: `${name} has values of the wrong type in ${percent(now.invalid)} of rows, ${percent(before.invalid)} in the baseline`,
    });
  return found;
}

/** Whether a share rose by more than `rise`, and by more than two samples of one population differ. */
function jumped(before: number, now: number, n: number, m: number, rise: number): boolean {
  const difference = now - before;
  // The slack keeps "exactly five points" from hanging on rounding.
  if (difference <= rise + 1e-12 || n === 0) return false;
  const pooled = (before * n + now * m) / (n + m);
  return difference >= beyondChance * Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
}

function oddities(name: string, before: FeatureCounts, now: FeatureCounts): readonly Found[] {
  const found: Found[] = [];
  const infinite = now.positiveInfinity + now.negativeInfinity;
  if (infinite > 0)
    found.push({ kind: "infinite", severity: "notice", message: `${name} is infinite in ${countRows(infinite)}` });
  if (hasInfinitiesAlone(before))
    found.push({
      kind: "infinite",
      severity: "notice",
      message: `${name} has no finite number in the baseline, in ${countRows(before.positiveInfinity + before.negativeInfinity)} an infinite one: there is nothing to compare its numbers with`,
    });
  if ([before.minimum, before.maximum, now.minimum, now.maximum].some((end) => Math.abs(end ?? 0) > 2 ** 53))
    found.push({
      kind: "imprecise",
      severity: "notice",
      message: `${name} has numbers beyond 2^53: whole ones are told apart only where their nearest doubles differ`,
    });
  const { minimum: low, maximum: high } = now;
  if (low === undefined || high === undefined || before.minimum === undefined || before.maximum === undefined)
    return found;
  if (low === high && before.minimum < before.maximum && infinite === 0)
    found.push({ kind: "constant", severity: "notice", message: `${name} is ${formatNumber(low)} in every row` });
  if (low < before.minimum || high > before.maximum)
    found.push({
      kind: "out of range",
      severity: "notice",
      message: `${name} ${nameRanges([low, high], [before.minimum, before.maximum])}`,
    });
  return found;
}

/** Whether a numeric feature has numbers, and none of them finite: nothing can be compared with these. */
export function hasInfinitiesAlone({ minimum, positiveInfinity, negativeInfinity }: FeatureCounts): boolean {
  return minimum === undefined && positiveInfinity + negativeInfinity > 0;
}

/** Names that are as good as ids: none is a bin, so nothing is told of them but whether they are missing. */
function scattered(bins: FeatureBins, before: FeatureCounts, now: FeatureCounts): readonly Found[] {
  const others = (counts: FeatureCounts) => counts.cells.reduce((sum, cell) => sum + cell, 0);
  if (bins.kind !== "categorical" || bins.categories.length > 0 || others(before) === 0 || others(now) === 0) return [];
  const message = `${bins.name} has no value that enough of the baseline's rows share, as ids do: all are counted as other, and only whether it is missing is compared`;
  return [{ kind: "scattered", severity: "notice", message }];
}

type Ends = readonly [number, number];

/** `ranges from 0 to 12.5, in the baseline from 0 to 9`, or `is always 5`, with digits enough to see what differs. */
function nameRanges(now: Ends, before: Ends): string {
  const [low = "", high = "", least = "", most = ""] = formatApart([...now, ...before]);
  const is = now[0] === now[1] ? `is always ${low}` : `ranges from ${low} to ${high}`;
  return `${is}, in the baseline ${before[0] === before[1] ? `always ${least}` : `from ${least} to ${most}`}`;
}

/** `1 row`, `2 rows`. */
function countRows(number: number): string {
  return `${number} row${number === 1 ? "" : "s"}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}
