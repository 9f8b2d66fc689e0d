import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { checkDefaults, parsePolicies, parsePolicy } from "../../../src/core/policy/parse-policy.ts";

const folder = new URL("../../../policies/examples/", import.meta.url);

describe("example policies", () => {
  test.each(readdirSync(folder))("%s is valid, without hints, and known to editors", (name) => {
    const source = readFileSync(new URL(name, folder), "utf8");
    expect(source.startsWith("# yaml-language-server: $schema=../schema/policy.v1.json\n")).toBe(true);
    expect(parsePolicy(source, name)).toMatchObject({ policy: { model: expect.any(String) }, hints: [] });
  });
});

/** Blocks of YAML in a page that are whole files of policies. */
const blocks = ["README.md", "docs/policies.md"].flatMap((page) =>
  [
    ...readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8").matchAll(/```yaml\n(apiVersion[\s\S]*?)```/g),
  ].map((match, index) => [`${page} ${index + 1}`, match[1] ?? ""] as const),
);

test.each(blocks)("the policy of %s is valid", (file, source) => {
  if (source.includes("PolicyDefaults")) expect(checkDefaults({ file, source })).toEqual([]);
  else expect(parsePolicies(source, file)).toMatchObject({ hints: [] });
});

test("the documentation shows policies", () => expect(blocks.length).toBeGreaterThanOrEqual(3));
