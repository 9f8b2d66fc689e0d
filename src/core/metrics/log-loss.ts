/** The smallest probability a loss is computed with, as scikit-learn clips doubles: 2^-52. */
const epsilon = 2 ** -52;

/**
 * Log loss of one row: -ln of the probability given to what happened, clipped to [2^-52, 1 - 2^-52], in nats.
 *
 * The clip bounds one row's loss by 36.04, so that a single certain and wrong prediction is dear but not infinite.
 */
export function rowLogLoss(probabilityOfLabel: number): number {
  return -Math.log(Math.min(1 - epsilon, Math.max(epsilon, probabilityOfLabel)));
}

/**
 * Log loss of one row of a binary model, nats.
 *
 * The logarithm of 1 - p is taken by log1p: a small p keeps its digits.
 *
 * @param label  1 positive, 0 negative
 * @param score  probability of the positive class, in [0, 1]
 */
export function rowBinaryLogLoss(label: number, score: number): number {
  const clipped = Math.min(1 - epsilon, Math.max(epsilon, score));
  return label === 1 ? -Math.log(clipped) : -Math.log1p(-clipped);
}
