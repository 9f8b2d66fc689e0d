import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parsePolicies } from "../../../src/core/policy/parse-policy.ts";
import { problemAsText } from "../../../src/render/policy-problems.ts";

const folder = new URL("../../fixtures/policies/", import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.replace(/\.yaml$/, ""));

/** `UPDATE_FIXTURES=1` writes what is said now; read the difference before committing it. */
const update = process.env.UPDATE_FIXTURES === "1";

describe("each mistake is told with its place and the next step", () => {
  test.each(names)("%s", (name) => {
    const source = readFileSync(new URL(`${name}.yaml`, folder), "utf8");
    const result = parsePolicies(source, `${name}.yaml`);
    const problems = "problems" in result ? result.problems : result.hints;
    const said = `${problems.map(problemAsText).join("\n")}\n`;
    const expected = new URL(`${name}.txt`, folder);
    if (update) writeFileSync(expected, said);
    expect(said).toBe(readFileSync(expected, "utf8"));
    expect("policies" in result).toBe(name.startsWith("hint-"));
  });
});
