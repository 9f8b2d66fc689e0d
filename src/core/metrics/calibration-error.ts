export const calibrationBins = 10;

/** The bin of a probability: [0, 0.1), [0.1, 0.2), … [0.9, 1]. */
export function calibrationBin(score: number): number {
  return Math.min(calibrationBins - 1, Math.floor(score * calibrationBins));
}

/**
 * Sum over the bins of n_b/n * |mean label - mean score|, from the sums of label - score in each bin.
 *
 * @param gaps  per bin, the sum of label - score
 * @param n     rows in all bins together
 * @see     Naeini, Cooper & Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning" (2015)
 */
export function calibrationErrorOfGaps(gaps: Float64Array, n: number): number {
  let total = 0;
  for (const gap of gaps) total += Math.abs(gap);
  return total / n;
}
