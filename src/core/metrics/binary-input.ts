import { DriftwardError } from "../errors.ts";

/**
 * Scores as numbers to compute with.
 *
 * @throws InvalidInput when one is not finite: NaN equals nothing, so that it has no place among the others
 */
export function finiteScores(scores: ArrayLike<number>): Float64Array {
  const numbers = scores instanceof Float64Array ? scores : Float64Array.from(scores);
  const row = numbers.findIndex((score) => !Number.isFinite(score));
  if (row < 0) return numbers;
  throw new DriftwardError("InvalidInput", `expected finite scores, got ${numbers[row]} at index ${row}`, {
    hint: "leave rows without a score out, and their labels with them",
  });
}

/**
 * Classes of a binary model as 1 and 0.
 *
 * @param what  for the message: "labels"
 * @throws InvalidInput when one is another number
 */
export function zerosAndOnes(classes: ArrayLike<number>, what: string): Uint8Array {
  for (let row = 0; row < classes.length; row += 1)
    if (classes[row] !== 0 && classes[row] !== 1)
      throw new DriftwardError("InvalidInput", `expected ${what} of 1 and 0, got ${classes[row]} at index ${row}`, {
        hint: "1 is the positive class, 0 the other",
      });
  return classes instanceof Uint8Array ? classes : Uint8Array.from(classes);
}
