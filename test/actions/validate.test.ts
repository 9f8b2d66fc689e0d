import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { validate } from "../../src/actions/validate.ts";
import { policyFolder } from "../../src/adapters/policy-folder/policy-folder.ts";
import { bundlePolicy } from "../../src/core/policy/bundle.ts";
import type { PolicyText } from "../../src/ports/policy-source.ts";

const source = (texts: readonly PolicyText[]) => ({ policySource: { read: async () => texts } });
const fraud = readFileSync(new URL("../../policies/examples/fraud.yaml", import.meta.url), "utf8");

test("the examples of this repository are valid", async () => {
  const folder = new URL("../../policies/examples", import.meta.url).pathname;
  const found = await validate({ policySource: policyFolder(folder) });
  expect(found).toMatchObject({ problems: [] });
  expect(found.files).toContain("examples/fraud.yaml");
  expect(found.policies.map(({ policy }) => policy.model)).toContain("card-fraud");
});

test("tells the mistakes of all files, by file", async () => {
  const found = await validate(
    source([
      { path: "b.yaml", source: fraud.replace("min_rows", "min_row") },
      { path: "a.yaml", source: fraud.replace("kind: Policy", "kind: Polcy") },
    ]),
  );
  expect(found.problems.map(({ place, message }) => [place.file, message])).toEqual([
    ["a.yaml", 'expected "Policy", got "Polcy"'],
    ["b.yaml", 'unknown key "min_row"'],
  ]);
});

test("tells two policies for one model", async () => {
  const found = await validate(
    source([
      { path: "a.yaml", source: fraud },
      { path: "b.yaml", source: fraud },
    ]),
  );
  expect(found.problems).toEqual([
    {
      place: { file: "b.yaml", line: 1, column: 1 },
      message: 'model "card-fraud" already has a policy, a.yaml',
      hint: "keep one of them",
      severity: "error",
    },
  ]);
});

test("tells a mistake of shared defaults once", async () => {
  const text = bundlePolicy(fraud, {
    file: "defaults.yaml",
    source: "apiVersion: driftward/v1\nkind: PolicyDefaults\nowner: x\n",
  });
  const found = await validate(
    source([
      { path: "a.yaml", source: text },
      { path: "b.yaml", source: text },
    ]),
  );
  expect(found.problems).toMatchObject([
    { place: { file: "defaults.yaml", line: 3, column: 1 }, hint: 'did you mean "owners"?' },
  ]);
});

test("tells of hooks that the operator has not named, where the policy names them", async () => {
  const hooked = fraud.replace("approval: required", "approval: required\n  hooks: [serving, cache]");
  expect(hooked).not.toBe(fraud);
  const ask = async (hooks: readonly string[]) =>
    (await validate({ ...source([{ path: "a.yaml", source: hooked }]), operator: { hooks } })).problems;
  expect(await ask(["serving", "cache"])).toEqual([]);
  expect(await ask(["serving"])).toMatchObject([
    { message: 'driftward.yaml names no hook "cache"', hint: "hooks there: serving", severity: "hint" },
  ]);
});

test("tells of webhooks and trainers that the operator has not named, where the policy names them", async () => {
  const text = `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [a@example.com]
rules: [{ name: r, when: drift.share >= 0.3, for: 2d }]
retrain: { trainer: chrun }
evaluate: { gates: [difference.roc_auc.lower >= 0.0] }
notify:
  critical: [mail: owners, webhook: pagr]
  escalate: { to: [webhook: pager] }
`;
  const operator = { trainers: new Map([["churn", {}]]), webhooks: ["pager"] };
  const found = await validate({ ...source([{ path: "a.yaml", source: text }]), operator });
  expect(found.problems.filter(({ message }) => message.startsWith("driftward.yaml"))).toEqual([
    {
      place: { file: "a.yaml", line: 6, column: 21 },
      message: 'driftward.yaml names no trainer "chrun"',
      hint: "trainers there: churn",
      severity: "hint",
    },
    {
      place: { file: "a.yaml", line: 9, column: 37 },
      message: 'driftward.yaml names no webhook "pagr"',
      hint: 'did you mean "pager"?',
      severity: "hint",
    },
  ]);
});
