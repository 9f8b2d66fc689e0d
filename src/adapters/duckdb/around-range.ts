/** A test of one comparison for lying in a range: every value of the range has |x - middle| <= reach, and a few others. */
export interface AroundRange {
  readonly middle: number;
  readonly reach: number;
}

/**
 * Most values lie on either side of a narrow range. Asking for both of its ends mispredicts the first answer half of the
 * time, which costs four times as much as asking how far off the middle a value is.
 *
 * @param from  may be -Infinity: then everything passes, as with an infinite `to`
 */
export function aroundRange(from: number, to: number): AroundRange {
  if (!(Number.isFinite(from) && Number.isFinite(to))) return { middle: 0, reach: Number.POSITIVE_INFINITY };
  // More than the rounding of the middle and of the difference to it.
  const slack = 4 * Number.EPSILON * Math.max(Math.abs(from), Math.abs(to)) + Number.MIN_VALUE;
  return { middle: from / 2 + to / 2, reach: to / 2 - from / 2 + slack };
}
