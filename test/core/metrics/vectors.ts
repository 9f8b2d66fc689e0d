import { readFileSync } from "node:fs";
import type { ScoredRows } from "../../../src/core/metrics/metric.ts";

/** The cases of a file of reference values; numbers that JSON cannot hold are texts there. */
export function readVectors<Case>(name: string): readonly Case[] {
  const text = readFileSync(new URL(`../../fixtures/vectors/${name}.json`, import.meta.url), "utf8");
  const revive = (_key: string, value: unknown): unknown =>
    value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value;
  return (JSON.parse(text, revive) as { readonly cases: readonly Case[] }).cases;
}

export interface BinaryCase {
  readonly id: string;
  readonly threshold: number;
  readonly y: readonly number[];
  readonly p: readonly number[];
  readonly p2?: readonly number[];
  readonly expected: Readonly<Record<string, number>> & {
    readonly confusion_tn_fp_fn_tp: readonly [number, number, number, number];
    readonly accuracy_wilson95: readonly [number, number];
    readonly accuracy_bootstrap95_B500_seed7: readonly [number, number] | null;
    readonly delong?: {
      readonly auc: number;
      readonly var: number;
      readonly ci95?: readonly [number, number];
      readonly ci95_logit?: readonly [number, number];
      readonly diff?: number;
      readonly p_two_sided?: number;
      readonly diff_ci95?: readonly [number, number];
    };
    readonly mcnemar?: {
      readonly only_first_correct: number;
      readonly only_second_correct: number;
      readonly p_exact: number;
      readonly chi2_cc: number | null;
      readonly p_chi2_cc: number | null;
    };
  };
}

export interface RegressionCase {
  readonly id: string;
  readonly y: readonly number[];
  readonly yhat: readonly number[];
  readonly expected: Readonly<Record<string, number>> & { readonly mae_t_ci95?: readonly [number, number] };
}

export interface MulticlassCase {
  readonly id: string;
  readonly classes: number;
  readonly y: readonly number[];
  readonly yhat: readonly number[];
  readonly expected: Readonly<Record<string, number>>;
}

export interface ClassScoresCase {
  readonly id: string;
  readonly classes: number;
  readonly y: readonly number[];
  /** One list a row, one score a class. */
  readonly p: readonly (readonly number[])[];
  readonly expected: Readonly<Record<"log_loss" | "brier" | "roc_auc" | "calibration_error", number>>;
}

/** The case as labelled predictions of one version; classes have the names c0, c1, … */
export function classScoresRows(one: Pick<ClassScoresCase, "y" | "p" | "classes">): ScoredRows {
  const names = Array.from({ length: one.classes }, (_, which) => `c${which}`);
  return {
    task: "multiclass",
    labels: one.y.map((which) => `c${which}`),
    predictions: one.p.map((scores) => `c${scores.indexOf(Math.max(...scores))}`),
    classScores: new Map(
      names.map((name, which) => [name, Float64Array.from(one.p, (scores) => scores[which] ?? Number.NaN)] as const),
    ),
  };
}

/** The case as labelled predictions of one version. */
export function binaryRows(one: Pick<BinaryCase, "y" | "p" | "threshold">): ScoredRows {
  return {
    task: "binary",
    predictions: one.p.map((score) => (score >= one.threshold ? 1 : 0)),
    scores: Float64Array.from(one.p),
    labels: one.y,
  };
}
