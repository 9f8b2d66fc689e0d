/** The face of this folder: what the stages, the policy and the gates use of it. */
export { type Estimate, type IntervalMethod, isUnmeasurable, type Unmeasurable } from "./estimate.ts";
export { measure } from "./measure.ts";
export { measureDifference } from "./measure-difference.ts";
export type { MeasureOptions } from "./measure-options.ts";
export { higherIsBetter, type MetricName, metricsOf, type Task } from "./metric-names.ts";
export { scoreSumTolerance } from "./prepare-multiclass.ts";
export { type ClassScores, givenClassScores, type ScoredRows, scoredRows, type Values } from "./scored-rows.ts";
export { worsening } from "./worsening.ts";
