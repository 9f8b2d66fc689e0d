/** A standard normal number from two uniform ones (Box and Muller). */
function drawNormal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** Counts of `rows` rows that fall into bins with the given weights. */
export function drawCounts(rows: number, weights: readonly number[], next: () => number): number[] {
  let rest = weights.reduce((sum, weight) => sum + weight, 0);
  let left = rows;
  return weights.map((weight, i) => {
    const count = i === weights.length - 1 ? left : drawBinomial(left, Math.min(1, weight / rest), next);
    left -= count;
    rest -= weight;
    return count;
  });
}

/** Successes in n trials; above 60 expected ones by the normal distribution, rounded. */
function drawBinomial(n: number, p: number, next: () => number): number {
  if (p > 0.5) return n - drawBinomial(n, 1 - p, next);
  if (n * p > 60) return Math.min(n, Math.max(0, Math.round(n * p + Math.sqrt(n * p * (1 - p)) * drawNormal(next))));
  let chance = (1 - p) ** n;
  let count = 0;
  for (let u = next(); u > chance && count < n; ) {
    u -= chance;
    count += 1;
    chance *= ((n - count + 1) / count) * (p / (1 - p));
  }
  return count;
}
