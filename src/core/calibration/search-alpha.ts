/** Fewer incidents than this are too few to tell a rate from; a smaller rate is in proportion to α. */
const fewestIncidents = 25;
const smallestAlpha = 1e-9;
const steps = 24;

/**
 * The largest α up to `most` at which no more incidents are opened than allowed, by bisection on its logarithm.
 *
 * Where fewer than 25 are allowed, α for 25 is found and made smaller in proportion: far out in a tail incidents are in
 * proportion to α, and a handful of them tells nothing.
 *
 * @param incidentsAt  incidents at an α; does not fall as α grows
 * @param allowed      > 0, may be fractional
 */
export function searchAlpha(incidentsAt: (alpha: number) => number, allowed: number, most: number): number {
  const wanted = Math.max(fewestIncidents, allowed);
  const atMost = incidentsAt(most);
  if (atMost <= wanted) return atMost <= allowed ? most : (most * allowed) / atMost;
  let [low, high] = [smallestAlpha, most];
  for (let i = 0; i < steps; i += 1) {
    const middle = Math.sqrt(low * high);
    if (incidentsAt(middle) <= wanted) low = middle;
    else high = middle;
  }
  return low * Math.min(1, allowed / wanted);
}
