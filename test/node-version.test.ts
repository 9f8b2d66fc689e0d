import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { requireNode } from "../src/node-version.ts";

test.each(["20.19.0", "20.20.2", "22.0.0", "100.1.0"])("Node %s will do", (version) => {
  expect(requireNode(version)).toBe(version);
});

test.each(["18.20.8", "20.18.3", "0.12.0"])("Node %s is too old", (version) => {
  expect(() => requireNode(version)).toThrow(`expected Node 20.19 or newer, got ${version}`);
});

test("package.json asks for the same", () => {
  expect(JSON.parse(readFileSync("package.json", "utf8")).engines).toEqual({ node: ">=20.19" });
});

/** Runs a program under a Node that says it is an old one. */
function runUnderOld(
  file: string,
  ...args: readonly string[]
): { readonly code: number | null; readonly told: string } {
  const lie = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } });';
  const flags = ["--import", `data:text/javascript,${encodeURIComponent(lie)}`];
  const { status, stderr } = spawnSync(process.execPath, [...flags, resolve(file), ...args], { encoding: "utf8" });
  return { code: status, told: stderr };
}

test("the program says so before it does anything, doctor too", () => {
  expect(runUnderOld("dist/src/main.js", "doctor")).toEqual({
    code: 3,
    told: expect.stringMatching(/^error expected Node 20\.19 or newer, got 18\.20\.8 .*\nnext {2}install Node 20\.19/),
  });
});

test.each(["scripts/demo.mjs", "scripts/test.mjs"])("%s says so before it installs anything", (script) => {
  expect(runUnderOld(script)).toEqual({
    code: 1,
    told: "expected Node 20.19 or newer, got 18.20.8: install it, and run this again\n",
  });
});
