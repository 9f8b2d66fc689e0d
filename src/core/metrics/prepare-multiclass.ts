import { isUnmeasurable, type Unmeasurable } from "./estimate.ts";
import { rowLogLoss } from "./log-loss.ts";
import type { MetricName } from "./metric-names.ts";
import type { PreparedRows, Ranking } from "./prepare-rows.ts";
import type { ScoredRows } from "./scored-rows.ts";

/** How far the scores of a row may add up to something else than 1: services round. */
export const scoreSumTolerance = 1e-3;

/** Names of the classes with, for every kept row, the score of each. */
interface ClassScores {
  readonly names: readonly string[];
  readonly scores: readonly Float64Array[];
  /** Place of each row's label among the classes. */
  readonly labels: Int32Array;
}

/**
 * What a metric of the scores of several classes is computed from.
 *
 * @param kept  rows with a label and a score of every class
 */
export function prepareClassScores(
  metric: MetricName,
  rows: ScoredRows,
  kept: Uint32Array,
): PreparedRows | Unmeasurable {
  const given = classScoresAt(metric, rows, kept);
  if (isUnmeasurable(given)) return given;
  switch (metric) {
    case "log_loss":
      return { kind: "losses", losses: lossesOf(given, (row, label) => rowLogLoss(given.scores[label]?.[row] ?? 0)) };
    case "brier":
      return { kind: "losses", losses: lossesOf(given, (row, label) => brierOfRow(given.scores, row, label)) };
    case "calibration_error":
      return topScores(given);
    case "roc_auc":
      return { kind: "rankings", rankings: rankingsOf(given) };
    default:
      return { reason: `expected a metric of scores, got ${metric}` };
  }
}

function classScoresAt(metric: MetricName, rows: ScoredRows, kept: Uint32Array): ClassScores | Unmeasurable {
  const classes = [...(rows.classScores ?? [])];
  const names = classes.map(([name]) => name);
  const place = new Map(names.map((name, index) => [name, index]));
  const scores = classes.map(([, values]) => Float64Array.from(kept, (row) => values[row] ?? Number.NaN));
  for (let row = 0; row < kept.length; row++) {
    let total = 0;
    for (const ofClass of scores) {
      const score = ofClass[row] ?? Number.NaN;
      if (!(score >= 0 && score <= 1)) return { reason: `expected scores from 0 to 1 for ${metric}, got ${score}` };
      total += score;
    }
    if (Math.abs(total - 1) > scoreSumTolerance)
      return { reason: `expected scores of the classes that add up to 1 in every row, got ${rounded(total)}` };
  }
  const labels = Int32Array.from(kept, (row) => place.get(String(rows.labels[row])) ?? -1);
  return { names, scores, labels };
}

const rounded = (total: number): number => Number(total.toPrecision(4));

function lossesOf({ labels }: ClassScores, loss: (row: number, label: number) => number): Float64Array {
  return Float64Array.from(labels, (label, row) => loss(row, label));
}

/** Brier's own sum over the classes, 0 to 2; scikit-learn's `brier_score_loss` for more than two classes. */
function brierOfRow(scores: readonly Float64Array[], row: number, label: number): number {
  let total = 0;
  for (const [which, ofClass] of scores.entries()) total += ((ofClass[row] ?? 0) - Number(which === label)) ** 2;
  return total;
}

/**
 * The highest score of each row, and whether its class happened; the first of equal ones.
 *
 * @see Guo et al., "On calibration of modern neural networks" (2017), for calibration of the top class
 */
function topScores({ scores, labels }: ClassScores): PreparedRows {
  const given = new Float64Array(labels.length);
  const hits = new Uint8Array(labels.length);
  for (let row = 0; row < labels.length; row++) {
    let top = 0;
    for (let which = 1; which < scores.length; which++)
      if ((scores[which]?.[row] ?? 0) > (scores[top]?.[row] ?? 0)) top = which;
    given[row] = scores[top]?.[row] ?? 0;
    hits[row] = Number(labels[row] === top);
  }
  return { kind: "binary", labels: hits, given };
}

/** Each class that two rows or more are labelled with against the rest: how far one row's rank may be luck is unknown. */
function rankingsOf({ names, scores, labels }: ClassScores): readonly Ranking[] {
  const rows = new Uint32Array(names.length);
  for (const label of labels) rows[label] = (rows[label] ?? 0) + 1;
  return names.flatMap((name, which) =>
    (rows[which] ?? 0) >= 2
      ? [{ name, labels: Uint8Array.from(labels, (label) => Number(label === which)), scores: scores[which] ?? none }]
      : [],
  );
}

const none = new Float64Array();
