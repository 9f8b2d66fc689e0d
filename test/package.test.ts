import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

/** The package as people get it: packed, installed into an empty folder, used by name. `npm run build` comes first. */
const folder = mkdtempSync(join(tmpdir(), "driftward-package-"));
const home = join(folder, "home");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|DATABASE_URL$|REDIS_URL$|DRIFTWARD_)/i.test(name)),
);

async function run(program: string, args: readonly string[], cwd = home): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { cwd, env: environment });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number } & Omit<Ended, "code">;
    return { code, stdout, stderr };
  }
}

function runModule(name: string, lines: readonly string[]): Promise<Ended> {
  writeFileSync(join(home, name), lines.join("\n"));
  return run(process.execPath, [name]);
}

const table = (rows: number, shift: number) =>
  ["size,kind", ...Array.from({ length: rows }, (_, i) => `${(i % 100) + shift},${i % 3 ? "a" : "b"}`)].join("\n");

beforeAll(async () => {
  mkdirSync(home);
  const packed = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], resolve("."));
  expect(packed.stderr).not.toMatch(/npm error/);
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true }));
  writeFileSync(join(home, "a.csv"), table(1_000, 0));
  writeFileSync(join(home, "b.csv"), table(800, 30));
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--loglevel=error"];
  const installed = await run("npm", ["install", ...flags, join(folder, filename)]);
  expect(installed).toMatchObject({ code: 0 });
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the built program is in the package, and danfojs, which is optional, is not brought along", () => {
  const inside = (path: string) => existsSync(join(home, "node_modules", path));
  const wanted = ["dist/src/main.js", "policies/schema/policy.v1.json", "examples/bike/predictions.csv", "LICENSE"];
  expect(wanted.filter((path) => !inside(`driftward/${path}`))).toEqual([]);
  expect(["danfojs-node", "@tensorflow", "typescript", "jest"].filter(inside)).toEqual([]);
  expect(["src", "test", "node_modules/.bin"].filter((path) => inside(`driftward/${path}`))).toEqual([]);
});

describe("the command line", () => {
  const program = join(home, "node_modules/.bin/driftward");

  test("compares two files and prints the object of the contract", async () => {
    const { code, stdout, stderr } = await run("npx", [
      ..."--no-install driftward check --baseline a.csv --live b.csv --json --fail-on warning".split(" "),
    ]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const { findings, ...rest } = JSON.parse(stdout);
    expect(rest).toMatchObject({
      schema: "driftward/check/v1",
      verdict: "warning",
      window: { rows: 800 },
      baseline: { rows: 1_000 },
    });
    expect(findings.map((finding: Record<string, unknown>) => [finding.feature, finding.drifted])).toEqual([
      ["size", true],
      ["size", true],
      ["kind", false],
      ["kind", false],
    ]);
  });

  test("ends with 0 below the severity asked for, and with 3 for wrong use", async () => {
    const calm = await run(program, "check --baseline a.csv --live b.csv".split(" "));
    expect(calm.code).toBe(0);
    expect((await run(program, "check --baseline a.csv".split(" "))).code).toBe(3);
  });

  test("knows its version", async () => {
    const { stdout } = await run(program, ["--version"]);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("the library", () => {
  test("compares in memory and on files", async () => {
    const { code, stdout, stderr } = await runModule("compare.mjs", [
      'import { compare, compareFiles } from "driftward";',
      "const size = (from) => Array.from({ length: 1000 }, (_, i) => (i % 100) + from);",
      "const memory = compare({ size: size(0) }, { size: size(30) });",
      'const files = await compareFiles("a.csv", "b.csv", { features: ["size"] });',
      "console.log(JSON.stringify([memory.verdict, files.verdict, files.findings.length]));",
    ]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '["warning","warning",2]\n', stderr: "" });
  });

  test("frames say what is missing where danfojs is not installed", async () => {
    const { stdout } = await runModule("frames.mjs", [
      'import { DriftwardError } from "driftward";',
      'import { findingsFrame } from "driftward/frames";',
      "const error = await findingsFrame({ findings: [] }).catch((thrown) => thrown);",
      'console.log(error instanceof DriftwardError, error.hint.includes("npm install danfojs-node"));',
    ]);
    expect(stdout).toBe("true true\n");
  });

  test("has types that a strict program compiles against", async () => {
    writeFileSync(
      join(home, "typed.mts"),
      [
        'import { compare, type Comparison, measure, type Profile, profile } from "driftward";',
        "interface Row { readonly age: number; readonly plan: string | null }",
        "const rows: readonly Row[] = [{ age: 3, plan: null }];",
        "const kept: Profile = profile(rows);",
        'const result: Comparison = compare(kept, rows, { features: ["age"], alarmRate: 0.05 });',
        "const first: number | undefined = result.findings[0]?.statistic;",
        'export const found = measure("accuracy", { task: "binary", labels: [0, 1], predictions: [0, 1] });',
        "export default [first, compare({ a: Float64Array.of(1), b: [null, 1n, true] }, [])];",
        "// @ts-expect-error a test by a name that there is not",
        'compare(rows, rows, { tests: { numeric: ["kolmogorov"], categorical: [] } });',
      ].join("\n"),
    );
    const flags = "--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2023 --types".split(" ");
    const compiler = resolve("node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [compiler, ...flags, "", "--skipLibCheck", "typed.mts"]);
    expect(stdout).toBe("");
  });
});
