import { expect, test } from "@jest/globals";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";

function problemsOf(gates: readonly string[]): readonly string[] {
  const source = `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [risk-ml@example.com]
data: { segments: [country], labels: { mature: 1d } }
performance: { metrics: [roc_auc], window: 7d }
rules:
  - name: inputs drifted
    when: drift.share >= 0.3
    do: [notify, retrain]
retrain: { trainer: churn, cooldown: 24h, timeout: 2h }
evaluate:
  slices: [country]
  gates:
${gates.map((gate) => `    - ${gate}\n`).join("")}promote: { approval: required }
`;
  const parsed = parsePolicy(source, "churn.yaml");
  return "problems" in parsed ? parsed.problems.map(({ message }) => message) : [];
}

test("gates on parts of the rows and on distances go with those on all rows", () =>
  expect(
    problemsOf([
      "difference.roc_auc.lower >= -0.01",
      "recent.difference.log_loss.upper <= 0.1",
      "drifted.candidate.brier.upper <= 0.3",
      "slices.difference.roc_auc.lower >= -0.05",
      "distance.disagreement <= 0.2 && distance.mean <= 0.1",
    ]),
  ).toEqual([]));

test("gates on parts of the rows are of the same kind of model as the others", () =>
  expect(problemsOf(["candidate.average_precision.lower >= 0.2", "slices.candidate.macro_f1.lower >= 0.5"])).toEqual([
    "no kind of model has all of average_precision, macro_f1",
  ]));
