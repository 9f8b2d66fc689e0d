/**
 * The type-7 quantile (linear between order statistics, as numpy and R have it).
 *
 * @param sorted  ascending, at least one value
 * @param share   in [0, 1]
 */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (place - below);
}
