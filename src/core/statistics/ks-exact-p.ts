import { invalid, type Numbers, requireProbability, requireWhole } from "./checks.ts";

/** Largest n·m for which the exact p is computed: about 10 ms. */
export const ksExactLimit = 1_000_000;

/**
 * Exact p of the two-sided Kolmogorov-Smirnov distance: the chance, over all ways to deal the pooled rows out to the
 * two sides, of a distance of at least d, conditional on the ties.
 *
 * A deal is a lattice path from (0, 0) to (n, m). The walk is carried forward as probabilities; what reaches a point
 * with |i/n - j/m| >= d at the end of a tie group is taken out and summed. Only sums of positive terms: no overflow,
 * and tiny p keep their digits. O(n·m) time, O(m) memory.
 *
 * @param d     distance in [0, 1]
 * @param n     rows of the baseline, whole
 * @param m     rows of the window, whole; n·m at most 1e6
 * @param ties  sizes of the groups of equal values of the pooled rows, ascending (`pooledTieSizes`); without it, no ties
 * @returns probability in [0, 1]
 * @throws  InvalidInput when d is not in [0, 1], a size is not whole, n·m exceeds 1e6 or the ties do not sum to n + m
 * @see     Schröer & Trenkler, "Exact and randomization distributions of Kolmogorov-Smirnov tests" (1995)
 */
export function ksExactP(d: number, n: number, m: number, ties?: Numbers): number {
  requireProbability(d, "a distance D");
  requireWhole(n, "the baseline's size");
  requireWhole(m, "the window's size");
  if (n * m > ksExactLimit)
    throw invalid(`expected n·m of at most ${ksExactLimit}, got ${n} · ${m}`, "use ksAsymptoticP for larger samples");
  const groupEnds = tieEnds(n + m, ties);
  // n·m·d is whole for a d that came from samples; the slack only takes the rounding of d back.
  const limit = Math.ceil(n * m * d - 1e-6);
  if (limit <= 0) return 1;
  const reached = new Float64Array(m + 1);
  let p = 0;
  for (let i = 0; i <= n; i += 1) {
    for (let j = 0; j <= m; j += 1) {
      const left = n + m - i - j + 1;
      let chance = i === 0 && j === 0 ? 1 : 0;
      if (i > 0) chance += ((reached[j] as number) * (n - i + 1)) / left;
      if (j > 0) chance += ((reached[j - 1] as number) * (m - j + 1)) / left;
      if (groupEnds[i + j] === 1 && Math.abs(i * m - j * n) >= limit) {
        p += chance;
        chance = 0;
      }
      reached[j] = chance;
    }
  }
  return Math.min(1, p);
}

function tieEnds(total: number, ties: Numbers | undefined): Uint8Array {
  const ends = new Uint8Array(total + 1);
  if (ties === undefined) return ends.fill(1);
  let end = 0;
  for (let group = 0; group < ties.length; group += 1) {
    requireWhole(ties[group] as number, "the size of a tie group");
    end += ties[group] as number;
    if (end <= total) ends[end] = 1;
  }
  if (end !== total) throw invalid(`expected tie groups of ${total} rows in all, got ${end}`);
  return ends;
}
