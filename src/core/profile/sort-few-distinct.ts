/** Distinct values that are told apart at most: their table stays within the processor's nearest cache. */
const MOST = 1_024;
const SLOTS = 4 * MOST;

/**
 * Sorts values in place by counting each distinct one: for columns of whole numbers and codes.
 *
 * Values count as distinct by their bits, so that -0 goes before 0. Gives up at the 1,025th, in columns of measured
 * numbers after about as many rows. O(n).
 *
 * @returns whether it sorted them; when not, they are untouched
 */
export function sortFewDistinct(values: Float64Array): boolean {
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  // Slot s: high and low word of its value, and how many rows have it; 0 rows: free.
  const [highs, lows, counts] = [new Uint32Array(SLOTS), new Uint32Array(SLOTS), new Uint32Array(SLOTS)];
  let distinct = 0;
  for (let i = 0; i < words.length; i += 2) {
    const low = words[i] as number;
    const high = words[i + 1] as number;
    let slot = Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b) >>> 20;
    while ((counts[slot] as number) > 0 && !(highs[slot] === high && lows[slot] === low)) slot = (slot + 1) % SLOTS;
    if (counts[slot] === 0) {
      distinct += 1;
      if (distinct > MOST) return false;
      highs[slot] = high;
      lows[slot] = low;
    }
    counts[slot] = (counts[slot] as number) + 1;
  }
  fill(values, highs, lows, counts);
  return true;
}

function fill(values: Float64Array, highs: Uint32Array, lows: Uint32Array, counts: Uint32Array): void {
  const used = Array.from(counts.keys()).filter((slot) => (counts[slot] as number) > 0);
  const bits = new Uint32Array(2 * used.length);
  for (const [i, slot] of used.entries()) {
    bits[2 * i] = lows[slot] as number;
    bits[2 * i + 1] = highs[slot] as number;
  }
  const distinct = new Float64Array(bits.buffer);
  // The engine's own sort puts -0 before 0, which a comparison cannot tell apart.
  const rowsOf = new Map(used.map((slot) => [`${lows[slot]} ${highs[slot]}`, counts[slot] as number]));
  const sorted = distinct.slice().sort();
  const words = new Uint32Array(sorted.buffer);
  let from = 0;
  for (const [i, value] of sorted.entries()) {
    const to = from + (rowsOf.get(`${words[2 * i]} ${words[2 * i + 1]}`) ?? 0);
    values.fill(value, from, to);
    from = to;
  }
}
