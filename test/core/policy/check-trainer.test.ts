import { describe, expect, test } from "@jest/globals";
import { checkTrainer, type DeclaredTrainers } from "../../../src/core/policy/check-trainer.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";

const trainers: DeclaredTrainers = new Map([
  ["churn", { parameters: { epochs: { type: "integer", minimum: 1, maximum: 100, default: 10 } } }],
  ["strict", { parameters: { rate: { type: "number" } } }],
  ["plain", {}],
]);

function problemsOf(retrain: string) {
  const source = `apiVersion: driftward/v1
kind: Policy
model: churn
rules: [{ name: a, when: drift.share >= 0.3, do: [retrain] }]
evaluate: { gates: [candidate.roc_auc.lower >= 0.5] }
retrain:
  ${retrain}
`;
  const parsed = parsePolicy(source, "churn.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return checkTrainer(parsed.policy, trainers, "churn.yaml");
}

describe("a policy and the operator's trainers", () => {
  test.each([["trainer: churn"], ["trainer: churn\n  with: { epochs: 20 }"], ["trainer: plain"]])(
    "%j is fine",
    (retrain) => expect(problemsOf(retrain)).toEqual([]),
  );
  test("a trainer that driftward.yaml does not name is a hint, because it may be elsewhere", () => {
    expect(problemsOf("trainer: elsewhere")).toMatchObject([
      {
        severity: "hint",
        message: 'driftward.yaml names no trainer "elsewhere"',
        hint: expect.stringContaining("churn"),
      },
    ]);
  });
  test("a value that is not allowed is an error at its place", () => {
    expect(problemsOf("trainer: churn\n  with:\n    epochs: 200")).toEqual([
      {
        severity: "error",
        message: 'parameter epochs of trainer "churn": expected an integer from 1 to 100, got 200',
        place: { file: "churn.yaml", line: 9, column: 13 },
      },
    ]);
  });
  test("a name that is not declared is an error that says what is", () => {
    expect(problemsOf("trainer: churn\n  with: { epoch: 2 }")).toMatchObject([
      { severity: "error", message: expect.stringContaining("declares no such parameter"), hint: "it declares epochs" },
    ]);
  });
  test("a parameter without a default has to be set", () => {
    expect(problemsOf("trainer: strict")).toMatchObject([
      { severity: "error", message: 'parameter rate of trainer "strict": expected a value, got none' },
    ]);
  });
  test("parameters of a trainer that is not known here are a hint", () => {
    expect(problemsOf("trainer: elsewhere\n  with: { epochs: 2 }")).toMatchObject([{ severity: "hint" }]);
  });
});
