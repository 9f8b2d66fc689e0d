import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { parsePolicies, parsePolicy } from "../../src/core/policy/parse-policy.ts";
import type { Policy } from "../../src/core/policy/policy.ts";
import { plainValues, type ResolvedNode, resolvedValues, resolveFile } from "../../src/core/policy/resolved-file.ts";
import { resolvedPolicyAsYaml } from "../../src/render/resolved-policy.ts";

const own = `apiVersion: driftward/v1
kind: Policy
model: churn
for_each: { country: [NL, DE] }
drift:
  floor: 4%
rules:
  - name: moved
    when: |
      drift.share >= 0.3
        || drift.feature("a # b").drifted
  - { name: broken, when: "quality.count > 0", severity: critical }
`;
const defaults = {
  file: "policies/defaults.yaml",
  source: `apiVersion: driftward/v1
kind: PolicyDefaults
owners: [team@example.com]
drift: { alarm_budget: 1 per 60d, floor: 3% }
`,
};

function resolved(source: string, file: string, shared?: typeof defaults): ResolvedNode {
  const found = resolveFile(source, file, shared);
  if ("problems" in found) throw new Error(JSON.stringify(found.problems));
  return found.resolved;
}

/** A policy without the places of what it names, which differ between a file and its resolved form. */
function withoutPlaces(source: string): Policy {
  const parsed = parsePolicy(source, "x.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return JSON.parse(JSON.stringify(parsed.policy, (key, value) => (/places?$/i.test(key) ? undefined : value)));
}

test("every value tells where it is from", () => {
  const parsed = parsePolicies(own, "policies/churn.yaml", defaults);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  const [, germany] = parsed.policies;
  const node = resolved(germany?.source ?? "", "policies/churn.yaml");
  const from = Object.fromEntries(resolvedValues(node).map(({ path, value, origin }) => [path, [value, origin]]));
  const place = (file: string, line: number, column: number) => ({ file: `policies/${file}.yaml`, line, column });
  expect(from).toMatchObject({
    model: ["churn/DE", { from: "policy", place: place("churn", 4, 27) }],
    owners: [["team@example.com"], { from: "defaults", place: place("defaults", 3, 9) }],
    "drift.floor": ["4%", { from: "policy", place: place("churn", 6, 10) }],
    "drift.alarm_budget": ["1 per 60d", { from: "defaults", place: place("defaults", 4, 24) }],
    "drift.features.watch": [["*"], { from: "default" }],
    "schedule.every": ["1h", { from: "default" }],
    "rules[1].severity": ["critical", { from: "policy" }],
    "rules[1].for": ["0s", { from: "default" }],
    "notify.warning[0].mail": ["owners", { from: "default" }],
  });
  expect(from["for_each.country"]).toBeUndefined();
});

test("is YAML with a comment behind each value", () => {
  const parsed = parsePolicies(own, "policies/churn.yaml", defaults);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  const text = resolvedPolicyAsYaml(resolved(parsed.policies[0]?.source ?? "", "policies/churn.yaml"));
  expect(text).toMatch(/^model: churn\/NL +# policies\/churn\.yaml:4$/m);
  expect(text).toMatch(/^ {2}floor: 4% +# policies\/churn\.yaml:6$/m);
  expect(text).toMatch(/^ {2}alarm_budget: 1 per 60d +# policies\/defaults\.yaml:4$/m);
  expect(text).toMatch(/^ {2}span: 24h +# default$/m);
  expect(text).toMatch(/^ {4}when: \| +# policies\/churn\.yaml:9$/m);
  // A policy of one model does not divide rows: `for_each` alone says which of them are whose.
  const { data, ...others } = withoutPlaces(parsed.policies[0]?.source ?? "");
  const { only, ...shared } = data;
  expect(only).toEqual({ column: "country", value: "NL" });
  expect(withoutPlaces(text)).toEqual({ ...others, data: shared });
});

test("lists and the schedule come whole from the file that holds them", () => {
  const shared = {
    file: "defaults.yaml",
    source: `apiVersion: driftward/v1
kind: PolicyDefaults
schedule: { cron: '0 6 * * *', timezone: Europe/Paris }
rules:
  - { name: a, when: drift.share > 0.1, for: 2d }
`,
  };
  const source = `apiVersion: driftward/v1
kind: Policy
model: m
schedule: { every: 2h }
rules:
  - { name: b, when: drift.share > 0.2 }
`;
  const values = resolvedValues(resolved(source, "m.yaml", shared));
  expect(values.find(({ path }) => path === "rules[0].for")?.origin).toEqual({ from: "default" });
  expect(values.map(({ path }) => path)).not.toContain("schedule.cron");
});

describe("the resolved form of an example says the same as the example", () => {
  const folder = new URL("../../policies/examples/", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  test.each(names)("%s", (name) => {
    const source = readFileSync(new URL(name, folder), "utf8");
    const node = resolved(source, name);
    const text = resolvedPolicyAsYaml(node);
    expect(withoutPlaces(text)).toEqual(withoutPlaces(source));
    expect(parse(text)).toEqual(plainValues(node));
    expect(parse(text)).toMatchObject(parse(source) as object);
  });
});

test("the name of a file cannot leave its comment", () => {
  const found = resolveFile(
    own.replace("for_each: { country: [NL, DE] }\n", ""),
    "policies/a\nowners: [evil@example.com].yaml",
  );
  if (!("resolved" in found)) throw new Error(JSON.stringify(found));
  const read: unknown = parse(resolvedPolicyAsYaml(found.resolved));
  expect(read).toMatchObject({ model: "churn", owners: [] });
});
