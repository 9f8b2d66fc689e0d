import type { FeatureKind } from "./contract.ts";

export type Task = "binary" | "multiclass" | "regression";

const mostDistinct = 20;

/** What the predictions or the labels of a file look like. */
export interface OutcomeSummary {
  /** Different values, as text; no more are gathered once there are too many to be classes. */
  readonly distinct: ReadonlySet<string>;
  readonly fractional: boolean;
}

/** The summary with one more value. */
export function summarise(summary: OutcomeSummary, value: number | string): OutcomeSummary {
  const fractional = summary.fractional || (typeof value === "number" && !Number.isInteger(value));
  const text = String(value);
  if (summary.distinct.size > mostDistinct || summary.distinct.has(text))
    return fractional === summary.fractional ? summary : { ...summary, fractional };
  return { distinct: new Set([...summary.distinct, text]), fractional };
}

export const nothingSeen: OutcomeSummary = { distinct: new Set(), fractional: false };

/**
 * The task of a model from what it predicts and what came true, where that leaves no doubt.
 *
 * Class scores or more than two classes of text: multiclass. Nothing but 0 and 1 (true and false): binary. Fractions, or
 * more than 20 whole numbers: regression.
 *
 * @returns undefined when it could be one or the other: a few whole numbers, two classes of text, fractions beside 0/1
 */
export function inferTask(seen: {
  readonly kind: FeatureKind;
  readonly classScores: boolean;
  readonly predictions: OutcomeSummary;
  readonly labels: OutcomeSummary;
}): Task | undefined {
  const { kind, classScores, predictions, labels } = seen;
  const all = new Set([...predictions.distinct, ...labels.distinct]);
  if (classScores) return "multiclass";
  if (all.size === 0) return undefined;
  if (isBinary(all)) return "binary";
  if (kind === "categorical") return all.size > 2 ? "multiclass" : undefined;
  if (labels.distinct.size > 0 && isBinary(labels.distinct)) return undefined;
  if (predictions.fractional || labels.fractional) return "regression";
  return all.size > mostDistinct ? "regression" : undefined;
}

function isBinary(values: ReadonlySet<string>): boolean {
  return [...values].every((value) => /^(0|1|true|false)$/i.test(value));
}
