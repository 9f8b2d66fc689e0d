import { DriftwardError } from "../errors.ts";
import type { WeightedStatistic } from "./bootstrap-interval.ts";
import { clustersOf } from "./clusters.ts";
import { type Estimate, isUnmeasurable, type Unmeasurable } from "./estimate.ts";
import { influenceVariance } from "./influence-variance.ts";
import { lineariseRows } from "./linearise-rows.ts";
import type { Linearised } from "./linearised.ts";
import { tooFew } from "./measure.ts";
import { checkOptions, type MeasureOptions } from "./measure-options.ts";
import type { MetricName } from "./metric-names.ts";
import { prepareRows } from "./prepare-rows.ts";
import { inputOf, isMissing, presentRows } from "./prepared-rows.ts";
import { resampled } from "./resampled.ts";
import type { ScoredRows } from "./scored-rows.ts";
import { studentQuantile } from "./student-quantile.ts";
import { weightedStatistic } from "./weighted-statistic.ts";

/**
 * Candidate minus champion in the metric's own unit, paired on the same rows in the same order. O(n log n).
 *
 * Each row's influences on both sides are subtracted before they are squared, so that what both get wrong cancels; for
 * roc_auc this is DeLong's paired test. Counts get one discordant row in each direction (as Bonett and Price do), so
 * that two versions which agree on a few rows are not called equal for certain. Rows the champion has nothing for are
 * left out of both sides; a candidate must have an answer for every row, or it could leave out the hard ones.
 *
 * @throws InvalidInput when the two sides are not the same rows, or an option is out of range
 */
export function measureDifference(
  metric: MetricName,
  candidate: ScoredRows,
  champion: ScoredRows,
  options: MeasureOptions = {},
): Estimate | Unmeasurable {
  const { confidence, designEffect } = checkOptions(options);
  assertSameRows(candidate, champion);
  const candidateInput = inputOf(metric, candidate);
  const championInput = inputOf(metric, champion);
  if (isUnmeasurable(candidateInput)) return { reason: `candidate: ${candidateInput.reason}` };
  if (isUnmeasurable(championInput)) return { reason: `champion: ${championInput.reason}` };
  const kept = presentRows(candidate.labels, championInput);
  if (kept.length === 0)
    return { reason: "champion: expected at least one row with a label and a prediction, got none" };
  const unanswered = kept.reduce((count, row) => count + Number(isMissing(candidateInput[row])), 0);
  if (unanswered > 0)
    return { reason: `expected a candidate's prediction for all ${kept.length} rows, got none for ${unanswered}` };
  const entities = candidate.entities ?? champion.entities;
  const clusters = clustersOf(kept, entities);
  const mine = prepareRows(metric, candidate, candidateInput, kept);
  const theirs = prepareRows(metric, champion, championInput, kept);
  if (isUnmeasurable(mine)) return { reason: `candidate: ${mine.reason}` };
  if (isUnmeasurable(theirs)) return { reason: `champion: ${theirs.reason}` };
  const first = lineariseRows(metric, mine, clusters);
  const second = lineariseRows(metric, theirs, clusters);
  if (isUnmeasurable(first)) return { reason: `candidate: ${first.reason}` };
  if (isUnmeasurable(second)) return { reason: `champion: ${second.reason}` };
  if (clusters.count < 2) return { reason: tooFew(clusters.count, entities !== undefined) };
  const [here, there] = [onMetric(first), onMetric(second)];
  const n = here.rows ?? kept.length;
  const excluded = candidate.labels.length - n;
  const base = { value: here.value - there.value, n, ...(excluded > 0 ? { excluded } : {}) };
  if (options.bootstrap !== undefined) {
    const statistic = pairedStatistic(
      weightedStatistic(metric, mine, clusters),
      weightedStatistic(metric, theirs, clusters),
    );
    return resampled(base, statistic, clusters.count, options.bootstrap, confidence, false);
  }
  const difference = here.influence.map((part, row) => part - (there.influence[row] ?? 0));
  const discordant = (Math.max(here.step, there.step) * kept.length) / clusters.count;
  const variance = (influenceVariance(difference, clusters, first.corrected) + 2 * discordant ** 2) * designEffect;
  // DeLong's variance is used with the normal distribution, as the field does.
  const normal = first.corrected === true && entities === undefined && designEffect === 1;
  const half = studentQuantile(confidence, normal ? undefined : clusters.count - 1) * Math.sqrt(variance);
  return withEnds(metric, base, here, there, half);
}

/** The difference of two statistics of the same resample. */
function pairedStatistic(first: WeightedStatistic, second: WeightedStatistic): WeightedStatistic {
  return (weights) => {
    const [here, there] = [first(weights), second(weights)];
    return here === undefined || there === undefined ? undefined : here - there;
  };
}

function withEnds(
  metric: MetricName,
  base: Pick<Estimate, "value" | "n" | "excluded">,
  here: Linearised,
  there: Linearised,
  half: number,
): Estimate | Unmeasurable {
  const reach = bounded.has(here.scale) ? 1 : Number.POSITIVE_INFINITY;
  const lower = Math.max(-reach, base.value - half - (here.bias ?? 0));
  const upper = Math.min(reach, base.value + half + (there.bias ?? 0));
  if (!(Number.isFinite(lower) && Number.isFinite(upper)))
    return { reason: `expected a finite difference of ${metric}, got a number too large to compute with` };
  return { ...base, lower, upper, method: here.corrected === true ? "delong" : "linearised" };
}

const bounded: ReadonlySet<string> = new Set(["proportion", "share", "rank"]);

/** Value, influences and step in the metric's own unit. */
function onMetric(linear: Linearised): Linearised {
  if (linear.toMetric === undefined) return linear;
  const slope = linear.toMetric.slope(linear.value);
  const value = linear.toMetric.to(linear.value);
  return { ...linear, value, influence: linear.influence.map((part) => part * slope), step: linear.step * slope };
}

function assertSameRows(candidate: ScoredRows, champion: ScoredRows): void {
  const mend = { hint: "give both sides the same rows in the same order" };
  if (candidate.task !== champion.task)
    throw new DriftwardError("InvalidInput", `expected two ${champion.task} models, got ${candidate.task}`, mend);
  const [n, m] = [candidate.labels.length, champion.labels.length];
  if (n !== m) throw new DriftwardError("InvalidInput", `expected ${m} rows of the candidate, got ${n}`, mend);
  for (let row = 0; row < n; row++) {
    const [mine, theirs] = [candidate.labels[row], champion.labels[row]];
    if (String(mine) !== String(theirs))
      throw new DriftwardError("InvalidInput", `expected label ${theirs} in row ${row + 1}, got ${mine}`, mend);
    if (candidate.entities !== undefined && champion.entities !== undefined)
      if (candidate.entities[row] !== champion.entities[row])
        throw new DriftwardError("InvalidInput", `expected the same entity on both sides of row ${row + 1}`, mend);
  }
}
