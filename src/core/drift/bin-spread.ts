import { type ChiSquareMixture, mixtureQuantile, mixtureSurvival } from "../statistics/chi-square-mixture.ts";
import { chiSquareQuantile } from "../statistics/chi-square-quantile.ts";
import { chiSquareSurvival } from "../statistics/chi-square-survival.ts";
import { fQuantile, fSurvival } from "../statistics/f-distribution.ts";

/**
 * How the shares of a feature's bins vary together between window-long blocks, as measured on the baseline. Plain numbers:
 * it is kept with the limits.
 */
export interface BinSpread {
  /** Share of the baseline in each bin, the missing values the last. */
  readonly shares: readonly number[];
  /**
   * Covariances of the bins' rows, for one row: independent ones have p_i (1 - p_i) and -p_i p_j. Of bin i with the bins
   * j <= i, bin after bin.
   */
  readonly covariances: readonly number[];
  /** Degrees of freedom that they were measured with. */
  readonly degrees: number;
  /** What the size of the covariances is multiplied by, after other blocks and the other features were asked; 1 alone. */
  readonly moderation: number;
  /** Degrees that its size is known from, over those of the covariances; infinite where the noise is left out. */
  readonly lent: number;
  /** Whether the covariances are those of parts of the blocks, of whose size the whole blocks tell. */
  readonly ofParts?: true;
}

/** How psi / (1/n + 1/m), or chi-square, of rows that are not independent is distributed while nothing has drifted. */
export interface BinLaw {
  readonly mixture: ChiSquareMixture;
  /** Degrees that its size is known from. */
  readonly degrees: number;
}

/** Chances below are taken as this: far out, nothing tells them apart. */
const smallestChance = 1e-290;

/**
 * The law of a sum of squares over bins that were joined to groups: Σ λ z² with λ the eigenvalues of the covariances over
 * the shares (Rao and Scott's second-order correction, with a third moment), known with the noise of few blocks (Thomas
 * and Rao's F). Power sums of λ are traces; their bias from few blocks is taken off. The mean of λ is taken as 1 at least:
 * rows that are more even than independent ones are not trusted to stay so.
 *
 * @param groups  for each bin the group that it is in, from 0
 * @param least   mean of λ that is taken at least
 * @returns undefined with one group, because nothing can drift in it
 * @see    Rao & Scott, "On chi-squared tests for multiway contingency tables with cell proportions estimated from survey
 *         data" (1984); Thomas & Rao, "Small-sample comparisons of level and power for simple goodness-of-fit statistics
 *         under cluster sampling" (1987)
 */
export function binLaw(spread: BinSpread, groups: readonly number[], least = 1): BinLaw | undefined {
  const size = Math.max(0, ...groups) + 1;
  if (size < 2) return undefined;
  const raw = powerSums(standardised(spread, groups, size), size);
  const own = unbiased(raw, spread.degrees, size - 1);
  const factor = Math.max(spread.moderation, (least * (size - 1)) / own.first);
  const mixture = { first: own.first * factor, second: own.second * factor ** 2, third: own.third * factor ** 3 };
  const free = size - 1;
  return { mixture, degrees: degreesOf(spread, own, free) };
}

/**
 * Degrees of a tail. The others tell of the size and nothing of the shape, which with two groups is all size. Where the
 * covariances are those of parts of the blocks, the size is known from fewer degrees than they are: its noise, of as many
 * weights as there are, and that of the covariances add up.
 */
function degreesOf({ degrees, lent, ofParts }: BinSpread, own: ChiSquareMixture, free: number): number {
  const shaped = degrees * ruling(own, free);
  if (ofParts !== true) return shaped / (1 / (lent * free) + 1 - 1 / free);
  return 1 / (1 / ((lent * degrees * own.first ** 2) / own.second) + 1 / shaped);
}

/** How many rows stand for one independent row on average over the bins that have any, at least 1. */
export function rowsAsOne({ shares, covariances, moderation }: BinSpread): number {
  let [sum, bins] = [0, 0];
  for (const [i, share] of shares.entries()) {
    if (!(share > 0)) continue;
    sum += (covariances[(i * (i + 3)) / 2] ?? 0) / share;
    bins += 1;
  }
  return bins < 2 ? 1 : Math.max(1, (moderation * sum) / (bins - 1));
}

/** What psi / (1/n + 1/m), or chi-square, must reach: exceeded with chance `alpha` while nothing has drifted. */
export function binLimit({ mixture, degrees }: BinLaw, alpha: number): number {
  const spread = mixture.first ** 2 / mixture.second;
  const exactly = chiSquareSurvival(fQuantile(alpha, spread, degrees) * spread, spread);
  return mixtureQuantile(Math.max(smallestChance, exactly), mixture);
}

/** The chance of at least `statistic` while nothing has drifted: the inverse of `binLimit`. */
export function binPValue({ mixture, degrees }: BinLaw, statistic: number): number {
  const spread = mixture.first ** 2 / mixture.second;
  const exactly = Math.max(smallestChance, mixtureSurvival(statistic, mixture));
  if (exactly >= 1) return 1;
  return fSurvival(chiSquareQuantile(exactly, spread) / spread, spread, degrees);
}

/**
 * How many weights rule far out, where the size of the tail is known from as many times the blocks: all of even ones, few
 * of uneven ones. Between the degrees of `mixtureSurvival` and their root, which keeps the level of weights as uneven as
 * those of an autoregression (simulated with 8 to 30 blocks).
 */
function ruling({ second, third }: ChiSquareMixture, most: number): number {
  const degrees = second ** 3 / third ** 2;
  return degrees ** (0.5 + (0.5 * degrees) / most);
}

/** Covariances over the roots of the shares, of the groups: the identity less a projection for independent rows. */
function standardised({ shares, covariances }: BinSpread, groups: readonly number[], size: number): Float64Array {
  const [sums, mass] = [new Float64Array(size * size), new Float64Array(size)];
  for (const [i, row] of groups.entries()) {
    mass[row] = (mass[row] ?? 0) + (shares[i] ?? 0);
    for (const [j, column] of groups.entries()) {
      const at = row * size + column;
      const [later, former] = [Math.max(i, j), Math.min(i, j)];
      sums[at] = (sums[at] ?? 0) + (covariances[(later * (later + 1)) / 2 + former] ?? 0);
    }
  }
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) {
      const root = Math.sqrt((mass[row] ?? 0) * (mass[column] ?? 0));
      const at = row * size + column;
      // A group that the baseline never saw varies as independent rows would.
      sums[at] = root > 0 ? (sums[at] ?? 0) / root : Number(row === column);
    }
  return sums;
}

/** Traces of the first three powers of a symmetric matrix. */
function powerSums(matrix: Float64Array, size: number): ChiSquareMixture {
  let [first, second, third] = [0, 0, 0];
  for (let i = 0; i < size; i += 1) {
    first += matrix[i * size + i] ?? 0;
    for (let j = 0; j < size; j += 1) {
      const here = matrix[i * size + j] ?? 0;
      second += here * here;
      let squared = 0;
      for (let k = 0; k < size; k += 1) squared += (matrix[i * size + k] ?? 0) * (matrix[j * size + k] ?? 0);
      third += here * squared;
    }
  }
  return { first, second, third };
}

/**
 * Power sums of the true covariances from those of noisy ones (moments of a Wishart matrix), within what any weights can
 * have: no more even than `degrees` equal ones, no more uneven than a single one.
 */
function unbiased({ first, second, third }: ChiSquareMixture, blocks: number, degrees: number): ChiSquareMixture {
  if (!(first > 0)) return { first: degrees, second: degrees, third: degrees };
  const square = (second - first ** 2 / blocks) / (1 + 1 / blocks - 2 / blocks ** 2);
  const within = Math.min(first ** 2, Math.max(first ** 2 / degrees, square));
  const noise = 3 * (1 / blocks + 1 / blocks ** 2) * first * within + first ** 3 / blocks ** 2;
  const cube = (third - noise) / (1 + 3 / blocks + 4 / blocks ** 2);
  return { first, second: within, third: Math.min(within ** 1.5, Math.max(within ** 2 / first, cube)) };
}
