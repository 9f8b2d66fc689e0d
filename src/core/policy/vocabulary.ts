import { higherIsBetter, type MetricName } from "../metrics/metric-names.ts";
import { nearestName, suggestName } from "../nearest-name.ts";
import type { DriftTest } from "./policy.ts";

/** What a path of a condition gives: decimal number, whole number, or true and false. */
export type ValueType = "double" | "int" | "bool";

/** A value a condition can ask for; `least` and `most` are the ends of what it can ever be. */
export interface Leaf {
  readonly kind: "leaf";
  readonly type: ValueType;
  readonly least?: number;
  readonly most?: number;
}

export interface Branch {
  readonly kind: "branch";
  readonly children: Readonly<Record<string, Word>>;
  /** Words that people try here, and what to say to them. */
  readonly refused?: Readonly<Record<string, Refusal>>;
  /** What `feature("name")` gives here, where it can be asked. */
  readonly feature?: (name: string) => Word | Refusal;
}

interface Refusal {
  readonly kind: "refusal";
  readonly message: string;
  readonly hint?: string;
}

export type Word = Leaf | Branch;

/** The policy's features and metrics that a rule may name. */
export interface KnownToRules {
  /** Feature to kind; absent while there is no baseline yet: any name is taken then. */
  readonly features?: Readonly<Record<string, "numeric" | "categorical">>;
  /** Metrics that the policy watches (`performance.metrics`). */
  readonly metrics: readonly string[];
  /** Tests that the policy makes (`drift.tests`); absent: any. */
  readonly tests?: { readonly numeric: readonly DriftTest[]; readonly categorical: readonly DriftTest[] };
  /** How many features can raise an alarm at most, where that is known. */
  readonly mostWatched?: number;
  /** Features that the policy names as watched; patterns are left out. */
  readonly watched?: readonly string[];
  /** Why a feature cannot raise an alarm (it is excluded, or only observed); undefined when it can. */
  readonly unwatched?: (feature: string) => string | undefined;
}

export interface KnownToGates {
  /** Metrics of the model's kind. */
  readonly metrics: readonly string[];
}

const range = (type: ValueType, least?: number, most?: number): Leaf => ({
  kind: "leaf",
  type,
  ...(least === undefined ? {} : { least }),
  ...(most === undefined ? {} : { most }),
});
const branch = (children: Readonly<Record<string, Word>>, more: Omit<Branch, "kind" | "children"> = {}): Branch => ({
  kind: "branch",
  children,
  ...more,
});
const refusal = (message: string, hint?: string): Refusal => ({
  kind: "refusal",
  message,
  ...(hint === undefined ? {} : { hint }),
});

const statisticRange: Readonly<Record<DriftTest, Leaf>> = {
  psi: range("double", 0),
  ks: range("double", 0, 1),
  chi_square: range("double", 0),
};

/** Metrics that lie between 0 and 1; the others have an open end, or go to 2 as Brier's sum over several classes. */
const shares: ReadonlySet<MetricName> = new Set([
  "roc_auc",
  "average_precision",
  "calibration_error",
  "accuracy",
  "precision",
  "recall",
  "f1",
  "macro_f1",
]);
const atLeastZero: ReadonlySet<MetricName> = new Set(["log_loss", "mae", "rmse", "mape"]);

function metricRange(metric: MetricName): Leaf {
  if (shares.has(metric)) return range("double", 0, 1);
  if (metric === "brier") return range("double", 0, 2);
  if (metric === "r2") return range("double", undefined, 1);
  return range("double", atLeastZero.has(metric) ? 0 : undefined);
}

/** Of one value of this range less another. */
function changeRange({ least, most }: Leaf): Leaf {
  return least === undefined || most === undefined ? range("double") : range("double", least - most, most - least);
}

const estimate = (leaf: Leaf): Readonly<Record<string, Word>> => ({ value: leaf, lower: leaf, upper: leaf });

function findings(tests: readonly DriftTest[], why: string): Branch {
  const children: Record<string, Word> = { drifted: range("bool"), p: range("double", 0, 1) };
  const refused: Record<string, Refusal> = {};
  for (const test of Object.keys(statisticRange) as DriftTest[]) {
    if (tests.includes(test)) children[test] = statisticRange[test];
    else
      refused[test] = refusal(`${test} is not made ${why}`, "add it to drift.tests, or ask for a test that is there");
  }
  return branch(children, { refused });
}

function anyTest({ tests }: KnownToRules): readonly DriftTest[] {
  if (tests === undefined) return Object.keys(statisticRange) as DriftTest[];
  return [...tests.numeric, ...tests.categorical];
}

function testsOf(feature: string, known: KnownToRules): Branch {
  const kind = known.features?.[feature];
  return kind === undefined || known.tests === undefined
    ? findings(anyTest(known), "by this policy")
    : findings(known.tests[kind], `for ${kind} features`);
}

function isKnown(features: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(features, name);
}

function driftFeature(name: string, known: KnownToRules): Word | Refusal {
  const unknown = unknownFeature(name, known);
  if (unknown !== undefined) return unknown;
  const unwatched = known.unwatched?.(name);
  if (unwatched !== undefined) {
    const meant = known.features === undefined ? nearestName(name, known.watched ?? []) : undefined;
    const hint = meant === undefined ? "add it to drift.features.watch" : `did you mean "${meant}"?`;
    return refusal(`${unwatched}: no rule can ask for it`, hint);
  }
  return testsOf(name, known);
}

function unknownFeature(name: string, known: KnownToRules): Refusal | undefined {
  if (known.features === undefined || isKnown(known.features, name)) return undefined;
  return refusal(`the model has no feature "${name}"`, suggestName(name, Object.keys(known.features)));
}

function performanceOf(metric: MetricName): Branch {
  const leaf = metricRange(metric);
  const change = branch(estimate(changeRange(leaf)));
  const [right, wrong] = higherIsBetter[metric] ? ["drop", "rise"] : ["rise", "drop"];
  const better = higherIsBetter[metric] ? "higher" : "lower";
  return branch(
    { ...estimate(leaf), [right]: change },
    {
      refused: {
        [wrong]: refusal(`${metric} is better when ${better}, so it gets worse by a ${right}`, `write ${right}`),
      },
    },
  );
}

function byMetric(names: readonly string[], make: (metric: MetricName) => Branch, missing: Refusal): Branch {
  const all = Object.keys(higherIsBetter) as MetricName[];
  const children = Object.fromEntries(all.filter((name) => names.includes(name)).map((name) => [name, make(name)]));
  const others = all.filter((name) => !names.includes(name));
  return branch(children, {
    refused: Object.fromEntries(
      others.map((name) => [name, refusal(missing.message.replace("METRIC", name), missing.hint)]),
    ),
  });
}

/** What a rule's `when` may ask for. */
export function ruleVocabulary(known: KnownToRules): Branch {
  const count = range("int", 0);
  return branch({
    rows: count,
    drift: branch(
      {
        share: range("double", 0, 1),
        count: range("int", 0, known.mostWatched),
        prediction: findings(anyTest(known), "by this policy"),
      },
      { feature: (name) => driftFeature(name, known) },
    ),
    quality: branch(
      { count },
      { feature: (name) => unknownFeature(name, known) ?? branch({ missing: range("double", -1, 1) }) },
    ),
    performance: byMetric(known.metrics, performanceOf, unwatchedMetric),
  });
}

const unwatchedMetric = refusal("METRIC is not among performance.metrics", "add it to performance.metrics");

/** What the guard of a promotion may ask for: the version as it does now, and as its gates measured it. */
export function guardVocabulary({ metrics }: Pick<KnownToRules, "metrics">): Branch {
  return branch({
    performance: byMetric(metrics, performanceOf, unwatchedMetric),
    promised: byMetric(metrics, (metric) => branch(estimate(metricRange(metric))), unwatchedMetric),
  });
}

/**
 * What a gate may ask for: each set holds the metrics of one side, on the same rows. All rows of the holdout, or `recent`
 * ones, those of the segment that `drifted`, or the worst of the `slices`.
 */
export function gateVocabulary(known: KnownToGates): Branch {
  const missing = refusal("METRIC is no metric of this kind of model", `known here: ${known.metrics.join(", ")}`);
  const side = byMetric(known.metrics, (metric) => branch(estimate(metricRange(metric))), missing);
  const difference = byMetric(known.metrics, (metric) => branch(estimate(changeRange(metricRange(metric)))), missing);
  const sides = { candidate: side, champion: side, difference };
  const part = branch(sides);
  const distance = branch({
    disagreement: range("double", 0, 1),
    mean: range("double", 0),
    ks: range("double", 0, 1),
  });
  return branch({ ...sides, recent: part, drifted: part, slices: part, distance });
}
