import { type Numbers, requireCountPair, requirePositive } from "./checks.ts";

/** Counts after sparse bins were merged. */
export interface MergedBins {
  readonly baselineCounts: readonly number[];
  readonly windowCounts: readonly number[];
  /** For each bin given, the index of the merged bin that holds it. */
  readonly groups: readonly number[];
}

/** Nats from which a sparse bin's rows lie too unevenly for chance: one in a hundred million, far below any limit's share. */
const beyondChance = Math.log(1e8);

interface Group {
  readonly b: number;
  readonly w: number;
  readonly members: readonly number[];
}

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
 * @returns merged counts with the groups, in the order of the first bin of each
 * @throws  InvalidInput when the lengths differ, a count is negative or not finite, a side has no rows, or the minimum is not above 0
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
  const bins: Group[] = Array.from(baseline, (b, i) => ({ b, w: window[i] as number, members: [i] }));
  if (order === "nominal") bins.sort((one, next) => scrambled(one.members[0] ?? 0) - scrambled(next.members[0] ?? 0));
  const apart: Group[] = [];
  const size = (i: number) => {
    const bin = bins[i];
    return bin === undefined ? Number.POSITIVE_INFINITY : bin.b + bin.w;
  };
  while (bins.length > 1) {
    const emptiest = smallest(bins.length, size);
    // The slack keeps "exactly five expected" from hanging on rounding.
    if (size(emptiest) >= needed * (1 - 1e-12)) break;
    const [sparse] = bins.splice(emptiest, 1);
    if (sparse === undefined) break;
    if (unevenness(sparse, n, m) >= beyondChance) apart.push(sparse);
    else {
      const left = size(emptiest - 1) <= size(emptiest) ? emptiest - 1 : emptiest;
      const partner = order === "nominal" ? smallest(bins.length, size) : left;
      bins[partner] = join(bins[partner] as Group, sparse);
    }
  }
  return inOrder([...bins, ...apart], baseline.length);
}

/** A place that has nothing to do with where a bin lay: Knuth's multiplicative hash. */
function scrambled(bin: number): number {
  return Math.imul(bin + 1, 2_654_435_761) >>> 0;
}

/** The first of so many bins that none is smaller than. */
function smallest(bins: number, size: (bin: number) => number): number {
  let found = 0;
  for (let i = 1; i < bins; i += 1) if (size(i) < size(found)) found = i;
  return found;
}

function join(first: Group, second: Group): Group {
  const members = [...first.members, ...second.members].sort((one, next) => one - next);
  return { b: first.b + second.b, w: first.w + second.w, members };
}

/** How far the rows of a bin lie off the sizes n and m of both sides, in nats. */
function unevenness({ b, w }: Group, n: number, m: number): number {
  const part = (rows: number, side: number) => (rows === 0 ? 0 : rows * Math.log((rows * (n + m)) / ((b + w) * side)));
  return part(b, n) + part(w, m);
}

function inOrder(found: readonly Group[], bins: number): MergedBins {
  const ordered = [...found].sort((one, next) => (one.members[0] ?? 0) - (next.members[0] ?? 0));
  const groups = new Array<number>(bins).fill(0);
  for (const [index, { members }] of ordered.entries()) for (const bin of members) groups[bin] = index;
  return { baselineCounts: ordered.map(({ b }) => b), windowCounts: ordered.map(({ w }) => w), groups };
}
