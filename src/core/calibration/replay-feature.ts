import type { DriftTest } from "../policy/policy.ts";
import { chiSquareQuantile } from "../statistics/chi-square-quantile.ts";
import { chiSquareSurvival } from "../statistics/chi-square-survival.ts";
import { mergeSparseBins } from "../statistics/merge-sparse-bins.ts";
import { totalVariationLowerBound } from "../statistics/total-variation-lower-bound.ts";
import type { GridFeature } from "./hourly-grid.ts";
import type { Deviations, DrawnHistory } from "./resampled-hours.ts";

/** What the replay of one feature needs besides its counts. */
export interface ReplaySettings {
  readonly spanHours: number;
  readonly everyHours: number;
  readonly tests: readonly DriftTest[];
  /** Design effect that the drawn windows have: the feature's own. */
  readonly effect: number;
  /** p values above this are not asked for. */
  readonly largestP: number;
  readonly floor: number;
  /** Whether the baseline is matched on the hour of the day: then the cycle of the day cancels. */
  readonly hourMatched: boolean;
  readonly period: number;
}

/** A check at which a feature drifted or nearly did. */
export interface ReplayedP {
  readonly slot: number;
  readonly p: number;
}

/** Both ends of a two-sided 95 % interval leave 2.5 % out. */
const confidenceOfLowerEnd = 0.975;
/** What the supremum between k points of a Brownian path exceeds that over them, in √(1/k): Broadie, Glasserman, Kou. */
const betweenPoints = 0.5826;

/**
 * p values of one feature at every check of a drawn history: the smallest of its tests, where it is at most `largestP`
 * and the lower end of the total variation exceeds the floor.
 *
 * The deviations of the summed draws are divided by the root of their number: their covariances over hours, cells and
 * features stay as they are, and their sum comes near the normal distribution far out, where a few dozen blocks have
 * no windows to show.
 */
export function replayFeature(
  feature: GridFeature,
  deviations: Deviations,
  history: DrawnHistory,
  settings: ReplaySettings,
): readonly ReplayedP[] {
  const hours = history.live.length / history.draws;
  const path = livePath(feature, deviations, history, settings);
  const reference = baselineOf(feature, deviations, history);
  const tester = prepare(feature, { ...reference, expected: deviations.shares }, path, settings);
  const found: ReplayedP[] = [];
  const window = new Float64Array(feature.width);
  for (let slot = 0, end = settings.spanHours; end <= hours; slot += 1, end += settings.everyHours) {
    const [to, from] = [end * feature.width, (end - settings.spanHours) * feature.width];
    for (let cell = 0; cell < feature.width; cell += 1)
      window[cell] = (path.sums[to + cell] ?? 0) - (path.sums[from + cell] ?? 0);
    const rows = (path.rows[end] ?? 0) - (path.rows[end - settings.spanHours] ?? 0);
    const p = rows > 0 ? tester(window, rows) : 1;
    if (p <= settings.largestP) found.push({ slot, p });
  }
  return found;
}

/** Running sums of rows and of rows above expectation, from hour 0 on. */
interface Path {
  readonly sums: Float64Array;
  readonly rows: Float64Array;
}

function livePath({ width }: GridFeature, from: Deviations, history: DrawnHistory, settings: ReplaySettings): Path {
  const hours = history.live.length / history.draws;
  const root = Math.sqrt(history.draws);
  const sums = new Float64Array((hours + 1) * width);
  const rows = new Float64Array(hours + 1);
  for (let hour = 0; hour < hours; hour += 1) {
    const here = from.rows[history.live[hour] ?? 0] ?? 0;
    rows[hour + 1] = (rows[hour] ?? 0) + here;
    const next = (hour + 1) * width;
    const phase = ((history.live[hour] ?? 0) % settings.period) * width;
    for (let cell = 0; cell < width; cell += 1)
      sums[next + cell] =
        (sums[next - width + cell] ?? 0) + (settings.hourMatched ? 0 : here * (from.season[phase + cell] ?? 0));
    for (let draw = 0; draw < history.draws; draw += 1) {
      const source = (history.live[draw * hours + hour] ?? 0) * width;
      for (let cell = 0; cell < width; cell += 1)
        sums[next + cell] = (sums[next + cell] ?? 0) + (from.residuals[source + cell] ?? 0) / root;
    }
  }
  return { sums, rows };
}

interface Reference {
  readonly shares: Float64Array;
  readonly rows: number;
}

/** The shares that a baseline drawn like the windows would have had. */
function baselineOf({ width }: GridFeature, from: Deviations, history: DrawnHistory): Reference {
  const sums = new Float64Array(width);
  for (const hour of history.baseline)
    for (let cell = 0; cell < width; cell += 1)
      sums[cell] = (sums[cell] ?? 0) + (from.residuals[hour * width + cell] ?? 0);
  const rows = from.rows.reduce((sum, count) => sum + count, 0);
  const root = Math.sqrt(history.draws);
  return { shares: sums.map((sum, cell) => Math.max(0, (from.shares[cell] ?? 0) + sum / root / rows)), rows };
}

type Tester = (aboveExpected: Float64Array, rows: number) => number;

/** Bins merged once, for windows of the mean size, and limits once, so that a check is a few dozen operations. */
function prepare(
  feature: GridFeature,
  reference: Reference & { readonly expected: Float64Array },
  path: Path,
  settings: ReplaySettings,
): Tester {
  const { width, binOf, ordered, onePoint } = feature;
  const { effect, tests, largestP } = settings;
  const hours = path.rows.length - 1;
  const meanRows = Math.max(1, ((path.rows[hours] ?? 0) / hours) * settings.spanHours);
  const groupOf = mergedGroups(feature, reference, meanRows / effect, effect);
  const groups = Math.max(0, ...groupOf) + 1;
  const limit = groups > 1 ? chiSquareQuantile(largestP, groups - 1) : Number.POSITIVE_INFINITY;
  const n = reference.rows / effect;
  const before = new Float64Array(groups);
  for (let cell = 0; cell < width; cell += 1) {
    const group = groupOf[binOf[cell] ?? 0] ?? 0;
    before[group] = (before[group] ?? 0) + (reference.shares[cell] ?? 0) * n;
  }
  const inside = onePoint ? 0 : betweenPoints / Math.sqrt(Math.max(1, ordered) * effect);
  const after = new Float64Array(groups);
  return (above, rows) => {
    const m = rows / effect;
    after.fill(0);
    let [gap, widest] = [0, 0];
    for (let cell = 0; cell < width; cell += 1) {
      const now = (reference.expected[cell] ?? 0) + (above[cell] ?? 0) / rows;
      const group = groupOf[binOf[cell] ?? 0] ?? 0;
      after[group] = Math.max(0, (after[group] ?? 0) + now * m);
      if (cell >= ordered) continue;
      gap += now - (reference.shares[cell] ?? 0);
      if (Math.abs(gap) > widest) widest = Math.abs(gap);
    }
    let p = 1;
    for (const test of tests) {
      const own = test === "ks" ? ksP(widest, inside, n, m, largestP) : binsP(test, before, after, limit);
      p = Math.min(p, own);
    }
    return p <= largestP && totalVariationLowerBound(before, after, confidenceOfLowerEnd) > settings.floor ? p : 1;
  };
}

function mergedGroups(
  feature: GridFeature,
  reference: Reference,
  windowSize: number,
  effect: number,
): readonly number[] {
  const counts = new Float64Array(feature.bins);
  for (let cell = 0; cell < feature.width; cell += 1) {
    const bin = feature.binOf[cell] ?? 0;
    counts[bin] = (counts[bin] ?? 0) + ((reference.shares[cell] ?? 0) * reference.rows) / effect;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!(total > 0)) return Array.from(counts, () => 0);
  return mergeSparseBins(
    counts,
    counts.map((count) => (count / total) * windowSize),
  ).groups;
}

/** p of the index or of chi-square over merged counts; 1 above the p asked for. */
function binsP(test: DriftTest, before: Float64Array, after: Float64Array, limit: number): number {
  const groups = before.length;
  if (groups < 2) return 1;
  let [n, m] = [0, 0];
  for (let i = 0; i < groups; i += 1) {
    n += before[i] ?? 0;
    m += after[i] ?? 0;
  }
  const added = test === "psi" ? 0.5 : 0;
  let sum = 0;
  for (let i = 0; i < groups; i += 1) {
    const b = ((before[i] ?? 0) + added) / (n + added * groups);
    const w = ((after[i] ?? 0) + added) / (m + added * groups);
    if (test === "psi") sum += (w - b) * Math.log(w / b);
    else if (b + w > 0) sum += (w - b) ** 2 / ((b * n + w * m) / (n + m));
  }
  const statistic = sum / (1 / n + 1 / m);
  return statistic >= limit ? chiSquareSurvival(statistic, groups - 1) : 1;
}

/** Large-sample p of the widest gap; 1 above the p asked for. */
function ksP(widest: number, inside: number, n: number, m: number, largestP: number): number {
  const root = Math.sqrt((n * m) / (n + m));
  const lambda = (root + 0.12 + 0.11 / root) * widest + inside;
  const first = 2 * Math.exp(-2 * lambda * lambda);
  return first <= largestP ? first : 1;
}
