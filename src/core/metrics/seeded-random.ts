/** A stream of uniform numbers in [0, 1): each call gives the next one. */
export type Random = () => number;

/**
 * The mulberry32 generator: 32 bits of state, so the seed alone, once recorded, repeats every draw on any machine.
 *
 * Not for secrets. The period is 2^32: enough for 1,000 resamples of a million rows.
 *
 * @param seed  a whole number; its lowest 32 bits are used
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
