import { expect, test } from "@jest/globals";
import { compareCandidate, metricsToMeasure, promiseOf } from "../../../src/core/run/compare-candidate.ts";
import { gateFactsOf } from "../../../src/core/run/gate-facts.ts";

const labels = [0, 0, 0, 0, 1, 1, 1, 1, 0, 1];
const rows = (scores: readonly number[]) => ({
  task: "binary" as const,
  labels,
  predictions: scores.map((score) => Number(score > 0.5)),
  scores: Float64Array.from(scores),
});
const right = rows([0.1, 0.2, 0.3, 0.2, 0.9, 0.8, 0.7, 0.9, 0.6, 0.55]);
const wrong = rows([0.9, 0.2, 0.7, 0.6, 0.1, 0.8, 0.3, 0.4, 0.6, 0.5]);

test("measures what the policy watches and what its gates name, in the task's order", () => {
  const place = { file: "p.yaml" };
  const gates = [{ source: "difference.recall.lower >= -0.01 && candidate.roc_auc.value > 0.5", place }];
  const policy = { performance: { metrics: ["log_loss" as const], windowMs: 1 }, evaluate: { gates } };
  expect(metricsToMeasure(policy, "binary")).toEqual(["roc_auc", "log_loss", "recall"]);
  expect(metricsToMeasure(policy, "regression")).toEqual([]);
});

test("compares on the same rows, candidate minus champion", () => {
  const [accuracy] = compareCandidate(["accuracy"], right, wrong);
  // 9 of 10 right against 2 of 10.
  expect(accuracy).toMatchObject({ candidate: { value: 0.9 }, champion: { value: 0.2 } });
  expect(accuracy?.difference).toMatchObject({ value: expect.closeTo(0.7, 12) });
  expect(() => compareCandidate(["accuracy"], right, { ...wrong, labels: labels.map((label) => 1 - label) })).toThrow();
});

test("a metric that cannot be measured is absent from facts and promise, with its reason", () => {
  const { scores: _, ...silent } = wrong;
  const comparisons = compareCandidate(["roc_auc", "accuracy"], right, silent);
  const facts = gateFactsOf({ metrics: comparisons });
  expect(Object.keys(facts.champion)).toEqual(["accuracy"]);
  expect(Object.keys(facts.difference)).toEqual(["accuracy"]);
  expect(facts.absent?.["champion.roc_auc"]).toContain("expected a score");
  expect(facts.absent?.["candidate.roc_auc"]).toBeUndefined();
  expect(Object.keys(promiseOf(comparisons)).sort()).toEqual(["accuracy", "roc_auc"]);
});

test("where nothing is known of the champion on any row, both ways out are told", () => {
  const silent = rows(labels.map(() => Number.NaN));
  const nothing = { ...silent, predictions: labels.map(() => Number.NaN) };
  const [found] = compareCandidate(["roc_auc"], right, nothing);
  expect(found?.candidate).toMatchObject({ value: expect.any(Number) });
  const reason = expect.stringMatching(
    /^champion: .*a holdout with rows that the champion served.*champion_prediction/,
  );
  expect([found?.champion, found?.difference]).toEqual([{ reason }, { reason }]);
  // Without labels there is nothing to compare with, whoever served the rows.
  const unlabelled = { ...nothing, labels: labels.map(() => Number.NaN) };
  const [none] = compareCandidate(["roc_auc"], { ...right, labels: unlabelled.labels }, unlabelled);
  expect(JSON.stringify(none)).not.toContain("holdout");
});
