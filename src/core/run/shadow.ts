import type { Task } from "../metrics/metric-names.ts";

/** What champion and challenger said of the same predictions in shadow. */
export interface ShadowComparison {
  /** Predictions of the champion in the time, and of the challenger. */
  readonly champion: number;
  readonly challenger: number;
  /** Predictions that both made, by their ids. */
  readonly compared: number;
  /** Of these, how many are the very same. */
  readonly agreeing: number;
  /** Challenger minus champion, of scores where both have them, else of predictions that are numbers. */
  readonly meanDifference?: number;
  /** How far the two distributions are apart: Kolmogorov–Smirnov's D of numbers, total variation of categories; 0 to 1. */
  readonly distance?: number;
}

/** So much of what the champion was asked the challenger must have answered. */
const leastAnswered = 0.95;

/**
 * Whether a challenger has shown in shadow that it can serve: enough predictions, and nearly all that the champion was asked.
 * How different they are is told, and stops nothing: a candidate that says the same is not worth the change.
 *
 * @returns why it may not go on; undefined when it may
 */
export function judgeShadow({ champion, compared }: ShadowComparison, minRows: number): string | undefined {
  if (champion < minRows)
    return `the champion made ${champion} predictions meanwhile, and ${minRows} are needed to compare`;
  const answered = compared / champion;
  if (answered >= leastAnswered) return undefined;
  return `the challenger answered ${compared} of the ${champion} predictions of the champion, and ${leastAnswered * 100} % are needed`;
}

/** A comparison in one sentence. */
export function describeShadow(comparison: ShadowComparison, task: Task | undefined): string {
  const { compared, agreeing, meanDifference, distance } = comparison;
  if (compared === 0) return "no prediction of both to compare";
  const parts = [`${compared} predictions compared`];
  if (task !== "regression") parts.push(`${Number(((100 * agreeing) / compared).toPrecision(3))} % the same`);
  if (meanDifference !== undefined) parts.push(`mean difference ${Number(meanDifference.toPrecision(3))}`);
  if (distance !== undefined) parts.push(`distributions ${Number(distance.toPrecision(3))} apart`);
  return parts.join(", ");
}
