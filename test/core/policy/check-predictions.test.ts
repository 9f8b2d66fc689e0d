import { expect, test } from "@jest/globals";
import { checkPredictions, isInside, patternFolder } from "../../../src/core/policy/check-predictions.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";

const offered = {
  ...{ root: "/srv/app", allow: ["/srv/app/lake", "/data"], settleMs: 0, everyMs: 1_000 },
  programs: { warehouse: { command: ["fetch"], environment: [], timeoutMs: 1_000 } },
};

function problems(predictions: string): readonly string[] {
  const source = `apiVersion: driftward/v1\nkind: Policy\nmodel: churn\ndata: { predictions: ${predictions} }\nrules:\n  - { name: r, when: drift.share >= 0.3 }\n`;
  const parsed = parsePolicy(source, "churn.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return checkPredictions(parsed.policy, offered).map(({ severity, message }) => `${severity}: ${message}`);
}

test("files lie in a folder that the operator allows", () => {
  for (const fine of ["lake/churn/*.parquet", "./lake/*.csv", "/data/**/x.csv", "lake/one.csv"])
    expect([fine, problems(`{ files: '${fine}' }`)]).toEqual([fine, []]);
  for (const wrong of [
    "*.csv",
    "lake2/*.csv",
    "/etc/*",
    "/*",
    "lake/../../../etc/*",
    "/data/../etc/*",
    "{lake,/etc}/*",
  ])
    expect([wrong, problems(`{ files: '${wrong}' }`)]).toEqual([
      wrong,
      [`error: "${wrong}" lies in no folder that driftward.yaml allows`],
    ]);
});

test("a source is one of driftward.yaml's, or may be elsewhere", () => {
  expect(problems("{ source: warehouse }")).toEqual([]);
  expect(problems("{ source: lake }")).toEqual(['hint: driftward.yaml names no source "lake"']);
  expect(problems("{ source: constructor }")).toEqual(['hint: driftward.yaml names no source "constructor"']);
  expect(problems("log")).toEqual([]);
});

test("the fixed part of a pattern ends before its first sign", () => {
  expect(patternFolder("/r", "a/b/*.csv")).toBe("/r/a/b");
  expect(patternFolder("/r", "a/b.csv")).toBe("/r/a");
  expect(patternFolder("/r", "/*.csv")).toBe("/");
  expect(isInside("/r/a", "/r/ab")).toBe(false);
  expect(isInside("/r/a", "/r/a/..b")).toBe(true);
});
