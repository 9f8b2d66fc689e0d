import type { ScoredRows } from "../../src/core/metrics/metric.ts";
import { type Random, seededRandom } from "../../src/core/metrics/seeded-random.ts";
import { type CandidateMeasures, type JudgedRows, measureCandidate } from "../../src/core/run/candidate-measures.ts";
import { askGates, type GateOutcome, judgeGates } from "../../src/core/run/gates.ts";
import { normalQuantile } from "../../src/core/statistics/normal-quantile.ts";

/** A candidate whose truth is known: its ROC AUC minus the champion's, which is 0.8. */
export interface Truth {
  readonly rows: number;
  readonly difference: number;
}

const championAuc = 0.8;
/** How alike the errors of both versions are: they learnt from much the same rows. */
const correlation = 0.8;

const normal = (random: Random): number => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random())));

/**
 * Rows of two versions whose scores are normal in both classes (a third is positive), which gives ROC AUC = Φ(shift/√2):
 * so the true difference is exact.
 */
function drawRows({ rows, difference }: Truth, random: Random): JudgedRows {
  const shift = (auc: number) => Math.SQRT2 * normalQuantile(auc);
  const [mine, theirs] = [shift(championAuc + difference), shift(championAuc)];
  const labels = Array.from({ length: rows }, () => Number(random() < 1 / 3));
  const candidate = new Float64Array(rows);
  const champion = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const shared = Math.sqrt(correlation) * normal(random);
    const own = Math.sqrt(1 - correlation);
    candidate[row] = (labels[row] ?? 0) * mine + shared + own * normal(random);
    champion[row] = (labels[row] ?? 0) * theirs + shared + own * normal(random);
  }
  const side = (scores: Float64Array): ScoredRows => ({
    task: "binary",
    labels,
    predictions: Array.from(scores, (score) => Number(score > 0.6)),
    scores,
  });
  return { candidate: side(candidate), champion: side(champion), timestamps: new Float64Array(rows), segments: {} };
}

export interface Trial {
  readonly promoted: boolean;
  readonly gates: readonly GateOutcome[];
  readonly measures: CandidateMeasures;
}

/** One candidate of a known truth, measured and judged as in a run. */
export function tryCandidate(gates: readonly string[], truth: Truth, seed: number, uses = 1): Trial {
  const measures = measureCandidate(drawRows(truth, seededRandom(seed)), {
    ...{ metrics: ["roc_auc"], uses, recentFrom: new Date(0), drifted: "", slices: [], minSliceRows: 1 },
  });
  const outcomes = askGates(
    gates.map((source) => ({ source, place: { file: "simulated.yaml" } })),
    measures,
    "binary",
  );
  return { promoted: judgeGates(outcomes).passed, gates: outcomes, measures };
}

/** Share of candidates of a truth that the gates promote. */
export function sharePromoted(gates: readonly string[], truth: Truth, times: number, uses = 1): number {
  let promoted = 0;
  for (let seed = 1; seed <= times; seed += 1)
    if (tryCandidate(gates, truth, seed * 7_919 + truth.rows, uses).promoted) promoted += 1;
  return promoted / times;
}
