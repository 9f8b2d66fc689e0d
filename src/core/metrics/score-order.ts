/** Positions of the scores from the smallest to the largest. O(n log n); the order within ties is that of the rows. */
export function scoreOrder(scores: Float64Array): Uint32Array {
  const order = new Uint32Array(scores.length);
  for (let row = 0; row < order.length; row++) order[row] = row;
  return order.sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);
}
