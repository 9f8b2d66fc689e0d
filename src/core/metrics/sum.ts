/** Sum with Neumaier's compensation: the order of the rows does not show in the result's leading digits. O(n). */
export function sum(values: Float64Array): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  // Past the largest double the compensation is NaN and the plain sum says what happened.
  return Number.isFinite(total) ? total + lost : total;
}
