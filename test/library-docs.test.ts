import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

interface Example {
  readonly title: string;
  readonly code: string;
  readonly output: string;
}

/** Every block of code with the block of text after it: what it prints. */
function examplesOf(page: string): readonly Example[] {
  const text = readFileSync(page, "utf8");
  return [...text.matchAll(/```js\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)].map((match) => ({
    title: [...text.slice(0, match.index).matchAll(/^## (.*)$/gm)].at(-1)?.[1] ?? page,
    code: match[1] ?? "",
    output: match[2] ?? "",
  }));
}

const examples = examplesOf("docs/library.md");
const folder = mkdtempSync(join(tmpdir(), "driftward-docs-"));

/** A program's own folder, with this package and danfojs installed as links. */
beforeAll(() => {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(resolve("."), join(folder, "node_modules/driftward"), "junction");
  symlinkSync(resolve("node_modules/danfojs-node"), join(folder, "node_modules/danfojs-node"), "junction");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every block of code says what it prints, and the package is built", () => {
  const blocks = readFileSync("docs/library.md", "utf8").match(/^```js$/gm) ?? [];
  expect(blocks.length).toBeGreaterThan(5);
  expect(examples.length).toBe(blocks.length);
  expect(existsSync("dist/src/index.js")).toBe(true);
});

test.each(examples.map((example, index) => [example.title, index, example] as const))(
  "docs/library.md: %s",
  async (_, index, { code, output }) => {
    const file = join(folder, `example-${index}.mjs`);
    writeFileSync(file, code);
    const environment = { ...process.env, DATABASE_URL: undefined, REDIS_URL: undefined };
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder, env: environment });
    expect(stdout).toBe(output);
  },
);
