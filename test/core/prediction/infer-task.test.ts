import { expect, test } from "@jest/globals";
import { inferTask, nothingSeen, type OutcomeSummary, summarise } from "../../../src/core/prediction/infer-task.ts";

function summary(values: readonly (number | string)[]): OutcomeSummary {
  return values.reduce(summarise, nothingSeen);
}

const many = Array.from({ length: 30 }, (_, i) => i);

test.each([
  ["0 and 1", "numeric", [0, 1], [0, 1], "binary"],
  ["0 and 1 without labels", "numeric", [0, 1, 1], [], "binary"],
  ["labels 0 and 1 alone", "numeric", [], [0, 1], "binary"],
  ["True and False as text", "categorical", ["True"], ["False"], "binary"],
  ["fractions", "numeric", [1.5, 2], [1, 2], "regression"],
  ["many whole numbers", "numeric", many, many, "regression"],
  ["three classes of text", "categorical", ["a", "b"], ["c"], "multiclass"],
  ["probabilities of 0 and 1", "numeric", [0.2, 0.8], [0, 1], undefined],
  ["a few whole numbers", "numeric", [0, 1, 2], [2], undefined],
  ["two classes of text", "categorical", ["yes", "no"], ["no"], undefined],
  ["nothing", "numeric", [], [], undefined],
] as const)("%s", (_, kind, predictions, labels, task) => {
  const seen = { kind, classScores: false, predictions: summary(predictions), labels: summary(labels) };
  expect(inferTask(seen)).toBe(task);
});

test("scores of classes settle it", () => {
  const seen = { kind: "numeric", classScores: true, predictions: summary([0, 1]), labels: nothingSeen } as const;
  expect(inferTask(seen)).toBe("multiclass");
});

test("gathers no more values than tell classes from numbers", () => {
  const seen = summary(Array.from({ length: 1_000 }, (_, i) => i / 2));
  expect(seen.distinct.size).toBe(21);
  expect(seen.fractional).toBe(true);
});
