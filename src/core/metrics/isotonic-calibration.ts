import { DriftwardError } from "../errors.ts";
import { finiteScores, zerosAndOnes } from "./binary-input.ts";
import { scoreOrder } from "./score-order.ts";

/** Corners of a non-decreasing, piecewise linear map from a score to a probability; scores ascend. */
export type CalibrationKnots = readonly (readonly [score: number, probability: number])[];

/**
 * Isotonic regression of labels on scores: the non-decreasing map with the least squared error. O(n log n).
 *
 * Equal scores are averaged first, then adjacent violators are pooled until the means ascend. Of each pooled block only
 * the first and the last score are kept as knots; `calibrateScore` is linear between knots and flat outside.
 *
 * @param scores  finite, at least one
 * @param labels  1 positive, 0 negative
 * @throws  InvalidInput when there are no scores, the lengths differ, a score is not finite, or a label is neither 1 nor 0
 * @see     Barlow et al., "Statistical Inference under Order Restrictions" (1972)
 */
export function isotonicCalibration(scores: ArrayLike<number>, labels: ArrayLike<number>): CalibrationKnots {
  if (scores.length === 0 || scores.length !== labels.length)
    throw new DriftwardError(
      "InvalidInput",
      `expected a label for each of at least one score, got ${labels.length} for ${scores.length}`,
    );
  const blocks: Block[] = [];
  for (const group of tiedGroups(finiteScores(scores), zerosAndOnes(labels, "labels"))) {
    let block = group;
    for (let last = blocks.at(-1); last !== undefined && mean(last) >= mean(block); last = blocks.at(-1)) {
      blocks.pop();
      block = {
        from: last.from,
        to: block.to,
        positives: last.positives + block.positives,
        rows: last.rows + block.rows,
      };
    }
    blocks.push(block);
  }
  return blocks.flatMap((block) => {
    const probability = mean(block);
    return block.from === block.to
      ? [[block.from, probability] as const]
      : [[block.from, probability] as const, [block.to, probability] as const];
  });
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly positives: number;
  readonly rows: number;
}

function mean(block: Block): number {
  return block.positives / block.rows;
}

function* tiedGroups(scores: Float64Array, labels: Uint8Array): Generator<Block> {
  const order = scoreOrder(scores);
  for (let start = 0, end = 0; start < order.length; start = end) {
    const score = scores[order[start] ?? 0] ?? 0;
    let positives = 0;
    for (end = start; end < order.length && (end === start || scores[order[end] ?? 0] === score); end++)
      positives += labels[order[end] ?? 0] ?? 0;
    yield { from: score, to: score, positives, rows: end - start };
  }
}
