import { type Numbers, requireCountPair, requirePositive } from "./checks.ts";

/** Counts after sparse bins were merged. */
export interface MergedBins {
  readonly baselineCounts: Float64Array;
  readonly windowCounts: Float64Array;
  /** For each bin given, the index of the merged bin that holds it. */
  readonly groups: readonly number[];
}

/** Nats from which a sparse bin's rows lie too unevenly for chance: one in a hundred million, far below any limit's share. */
const beyondChance = Math.log(1e8);

/** Whether bins have neighbours, or are names. */
export type BinOrder = "ordered" | "nominal";

/**
 * Merges sparse bins until enough rows are expected in each, so that the chi-square limits hold.
 *
 * Expected under no drift on a side: its rows times the pooled share of the bin; the smaller side decides. The emptiest
 * bin joins the emptier of its neighbours, or of names the next emptiest, until all have enough or one is left. Pooled
 * counts decide, so the choice carries no information about drift and the p values after it stay right. (Names that lie in
 * the order of the baseline's counts have neighbours that were lucky together: they are no partners, and of names with
 * as many rows none comes first for its place.) The exception is a bin whose rows lie on one
 * side so far beyond chance that no limit is needed to tell (a category renamed, the old name the rarest): it stays a
 * bin, for merged with what it took the place of it would vanish. Of n and m rows, b and w in the bin, and
 * e_b = (b + w) n / (n + m), e_w likewise: chance has at most exp(-(b ln(b / e_b) + w ln(w / e_w))) (Chernoff), and
 * 1e-8 is asked for. O(k²).
 *
 * @param baselineCounts   rows in each bin; may be fractional: divide by design effects first
 * @param windowCounts     the same, over the same bins
 * @param order            whether only adjacent bins may be merged; they may if not given
 * @param minimumExpected  rows expected in each bin of both sides, > 0; 5 if not given (Cochran's rule)
 * @returns merged counts, to be read only, with the groups, in the order of the first bin of each
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, a side has no rows, or the minimum is not above 0
 * @see     Cochran, "Some methods for strengthening the common χ² tests" (1954)
 */
export function mergeSparseBins(
  baselineCounts: Numbers,
  windowCounts: Numbers,
  order: BinOrder = "ordered",
  minimumExpected = 5,
): MergedBins {
  requirePositive(minimumExpected, "the rows expected in a bin");
  const { baseline, window, baselineTotal: n, windowTotal: m } = requireCountPair(baselineCounts, windowCounts);
  const needed = (minimumExpected * (n + m)) / Math.min(n, m);
  const [b, w] = [baseline.slice(), window.slice()];
  const size = (bin: number | undefined) =>
    bin === undefined ? Number.POSITIVE_INFINITY : (b[bin] as number) + (w[bin] as number);
  // A group is known by its first bin, which has its counts.
  const groups = Array.from(b.keys());
  const open = [...groups];
  if (order === "nominal") open.sort((one, next) => scrambled(one) - scrambled(next));
  while (open.length > 1) {
    const emptiest = smallest(open, size);
    const sparse = open[emptiest] as number;
    // The slack keeps "exactly five expected" from hanging on rounding.
    if (size(sparse) >= needed * (1 - 1e-12)) break;
    open.splice(emptiest, 1);
    if (unevenness(b[sparse] as number, w[sparse] as number, n, m) >= beyondChance) continue;
    const left = size(open[emptiest - 1]) <= size(open[emptiest]) ? emptiest - 1 : emptiest;
    const at = order === "nominal" ? smallest(open, size) : left;
    const partner = open[at] as number;
    const [first, second] = [Math.min(partner, sparse), Math.max(partner, sparse)];
    for (const counts of [b, w]) counts[first] = (counts[partner] as number) + (counts[sparse] as number);
    groups[second] = first;
    open[at] = first;
  }
  return closeRanks(b, w, groups);
}

/** A place that has nothing to do with where a bin lay: Knuth's multiplicative hash. */
function scrambled(bin: number): number {
  return Math.imul(bin + 1, 2_654_435_761) >>> 0;
}

/** Where the first of the bins is that none is smaller than. */
function smallest(bins: readonly number[], size: (bin: number) => number): number {
  let found = 0;
  let least = size(bins[0] as number);
  for (let at = 1; at < bins.length; at += 1) {
    const here = size(bins[at] as number);
    if (here >= least) continue;
    found = at;
    least = here;
  }
  return found;
}

/** How far the rows of a bin lie off the sizes n and m of both sides, in nats. */
function unevenness(b: number, w: number, n: number, m: number): number {
  const part = (rows: number, side: number) => (rows === 0 ? 0 : rows * Math.log((rows * (n + m)) / ((b + w) * side)));
  return part(b, n) + part(w, m);
}

/** Moves the counts of groups, each in its first bin, together, and numbers the groups. In place. */
function closeRanks(b: Float64Array, w: Float64Array, groups: number[]): MergedBins {
  let number = 0;
  for (let bin = 0; bin < groups.length; bin += 1) {
    const first = groups[bin] as number;
    if (first < bin) {
      // Groups before it have their numbers already.
      groups[bin] = groups[first] as number;
      continue;
    }
    b[number] = b[bin] as number;
    w[number] = w[bin] as number;
    groups[bin] = number;
    number += 1;
  }
  return { baselineCounts: b.subarray(0, number), windowCounts: w.subarray(0, number), groups };
}
