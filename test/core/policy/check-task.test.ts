import { expect, test } from "@jest/globals";
import { checkTask } from "../../../src/core/policy/check-task.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import type { Policy } from "../../../src/core/policy/policy.ts";

function policyWith(metrics: string, gates: string): Policy {
  const source = `apiVersion: driftward/v1
kind: Policy
model: router
owners: [risk-ml@example.com]
performance: { metrics: ${metrics} }
rules:
  - name: inputs drifted
    when: drift.share >= 0.3
    do: [notify, retrain]
retrain: { trainer: router }
evaluate:
  gates: ${gates}
`;
  const parsed = parsePolicy(source, "router.yaml");
  if (!("policy" in parsed)) throw new Error(JSON.stringify(parsed));
  return parsed.policy;
}
const several = policyWith("[accuracy, log_loss]", "[difference.log_loss.upper <= 0.01]");

test("a policy that names metrics of the model's kind is right", () => {
  expect(checkTask(several, { task: "multiclass" }, "router.yaml")).toEqual([]);
  const champion = { name: "3", metrics: ["accuracy", "log_loss", "roc_auc"] };
  expect(checkTask(several, { task: "multiclass", champion }, "router.yaml")).toEqual([]);
});

test("metrics of another kind of model are an error", () =>
  expect(checkTask(several, { task: "regression" }, "router.yaml")).toEqual([
    {
      place: { file: "router.yaml", line: 1, column: 1 },
      severity: "error",
      message: "performance.metrics has accuracy, log_loss, and the model is regression",
      hint: "metrics of such a model: mae, rmse, mape, r2, bias",
    },
  ]));

test("a gate on a metric that this kind of model has not is an error where it stands", () => {
  const binary = policyWith("[accuracy]", "[difference.f1.lower >= 0.0]");
  expect(checkTask(binary, { task: "binary" }, "router.yaml")).toEqual([]);
  expect(checkTask(binary, { task: "multiclass" }, "router.yaml")).toEqual([
    expect.objectContaining({
      severity: "error",
      message: "f1 is no metric of this kind of model",
      place: expect.objectContaining({ file: "router.yaml", line: 12 }),
    }),
  ]);
});

test("a champion that was not measured by its scores is a hint, one without labels is none", () => {
  const champion = { name: "3", metrics: ["accuracy", "macro_f1"] };
  expect(checkTask(several, { task: "multiclass", champion }, "router.yaml")).toEqual([
    {
      place: { file: "router.yaml", line: 1, column: 1 },
      severity: "hint",
      message: "the baseline of version 3 has no log_loss: nothing is promised to compare with",
      hint: "these metrics need a column score_<class> for every class of the labels, in predictions and in the baseline",
    },
  ]);
  expect(checkTask(several, { task: "multiclass", champion: { name: "3", metrics: [] } }, "router.yaml")).toEqual([]);
});
