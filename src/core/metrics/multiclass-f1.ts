import { f1OfClass, type MulticlassConfusion } from "./multiclass-confusion.ts";

/**
 * F1 over all classes of a model; undefined without rows.
 *
 * - macro: every class counts alike, one that neither occurs nor is predicted as 0
 * - weighted: classes count by their labelled rows
 * - micro: every row counts alike, which with one label a row is the accuracy
 * @see     Opitz & Burst, "Macro F1 and Macro F1" (2019): this is the mean of the classes' F1
 */
export function multiclassF1(
  confusion: MulticlassConfusion,
  average: "macro" | "weighted" | "micro",
): number | undefined {
  const classes = confusion.labelled.length;
  let [rows, hits, plain, weighted] = [0, 0, 0, 0];
  for (let which = 0; which < classes; which++) {
    const labelled = confusion.labelled[which] ?? 0;
    const f1 = f1OfClass(confusion, which);
    rows += labelled;
    hits += confusion.truePositives[which] ?? 0;
    plain += f1 / classes;
    weighted += f1 * labelled;
  }
  if (rows === 0) return undefined;
  return { macro: plain, weighted: weighted / rows, micro: hits / rows }[average];
}
