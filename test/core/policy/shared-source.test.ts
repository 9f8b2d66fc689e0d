import { expect, test } from "@jest/globals";
import { parsePolicies } from "../../../src/core/policy/parse-policy.ts";
import { sharedSourceOf } from "../../../src/core/policy/shared-source.ts";

/** The sources of the models of a policy, by their names. */
function sourcesOf(model: string, more: string): Readonly<Record<string, string | undefined>> {
  const parsed = parsePolicies(
    `apiVersion: driftward/v1\nkind: Policy\nmodel: ${model}\nowners: [a@example.com]\n${more}\nrules:\n  - { name: moved, when: drift.share >= 0.5, do: [notify] }\n`,
    "policies/test.yaml",
  );
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return Object.fromEntries(parsed.policies.map(({ policy }) => [policy.model, sharedSourceOf(policy)]));
}

test.each([
  ["the log alone", "", undefined],
  ["the log, named", "data: { predictions: log }", undefined],
  ["a program", "data: { predictions: { source: warehouse } }", "source warehouse"],
  ["files", "data: { predictions: { files: 'lake/*.parquet' } }", "files lake/*.parquet"],
])("%s", (_what, more, source) => {
  expect(sourcesOf("churn", more)).toEqual({ churn: source });
});

test("children of one parent share the rows that come under its name, or the program that it names", () => {
  const children = "for_each: { country: [NL, DE] }";
  expect(sourcesOf("churn", children)).toEqual({ "churn/NL": "rows of churn", "churn/DE": "rows of churn" });
  expect(sourcesOf("churn", `${children}\ndata: { predictions: { source: warehouse } }`)).toEqual({
    "churn/NL": "source warehouse",
    "churn/DE": "source warehouse",
  });
});

test("a program and a pattern of one name are two sources", () => {
  const { a } = sourcesOf("a", "data: { predictions: { source: lake } }");
  const { b } = sourcesOf("b", "data: { predictions: { files: lake } }");
  expect(a).not.toBe(b);
});
