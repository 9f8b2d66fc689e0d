import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";

const folder = new URL("../../../policies/examples/", import.meta.url);

describe("example policies", () => {
  test.each(readdirSync(folder))("%s is valid, without hints, and known to editors", (name) => {
    const source = readFileSync(new URL(name, folder), "utf8");
    expect(source.startsWith("# yaml-language-server: $schema=../schema/policy.v1.json\n")).toBe(true);
    expect(parsePolicy(source, name)).toMatchObject({ policy: { model: expect.any(String) }, hints: [] });
  });
});
