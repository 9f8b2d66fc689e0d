import { isUnmeasurable, type Unmeasurable } from "./estimate.ts";
import { lineariseRocAuc } from "./linearise-roc-auc.ts";
import type { Linearised } from "./linearised.ts";
import type { Ranking } from "./prepare-rows.ts";

const listOf = ([only]: readonly Ranking[]): string => (only === undefined ? "no such class" : `${only.name} only`);

/**
 * Mean of the areas under the ROC curves of each class against the rest, every class counting alike, with the influence
 * of each row: the mean of its placements. O(classes * n log n).
 *
 * @param rankings  one a class that two rows or more are labelled with, of the same rows
 * @see   Provost & Domingos, "Well-trained PETs" (2000); scikit-learn's roc_auc_score(multi_class="ovr", average="macro")
 */
export function lineariseRankings(rankings: readonly Ranking[]): Linearised | Unmeasurable {
  if (rankings.length < 2)
    return { reason: `expected at least 2 rows of each of two classes, got ${listOf(rankings)}` };
  const n = rankings[0]?.labels.length ?? 0;
  const influence = new Float64Array(n);
  let [value, size] = [0, n];
  for (const { name, labels, scores } of rankings) {
    const one = lineariseRocAuc(labels, scores);
    if (isUnmeasurable(one)) return { reason: `${name} against the rest: ${one.reason}` };
    value += one.value / rankings.length;
    size = Math.min(size, one.size);
    for (let row = 0; row < n; row++)
      influence[row] = (influence[row] ?? 0) + (one.influence[row] ?? 0) / rankings.length;
  }
  return { value, influence, scale: "rank", size, step: 0, corrected: true };
}
