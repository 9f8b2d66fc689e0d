import { DriftwardError } from "../errors.ts";
import { influenceVariance } from "./influence-variance.ts";
import { lineariseMean } from "./linearise-mean.ts";
import { studentQuantile } from "./student-quantile.ts";

/**
 * Student's interval of a mean of independent values.
 *
 * @param values      finite, at least 2
 * @param confidence  in (0, 1)
 * @throws InvalidInput when there are fewer than 2 values
 */
export function meanInterval(values: Float64Array, confidence = 0.95): readonly [number, number] {
  const mean = lineariseMean(values, "signed");
  if (mean === undefined || mean.size < 2 || mean.size < values.length)
    throw new DriftwardError("InvalidInput", `expected at least 2 numbers, got ${mean?.size ?? 0} of ${values.length}`);
  const error = Math.sqrt(influenceVariance(mean.influence, { count: values.length }));
  const half = studentQuantile(confidence, values.length - 1) * error;
  return [mean.value - half, mean.value + half];
}
