import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { exitCodeOf } from "../src/cli/report-error.ts";
import { type ErrorCode, errorCodes } from "../src/core/errors.ts";

const read = (file: string) => readFileSync(file, "utf8");

test("docs/errors.md lists the codes of core/errors.ts with their meaning, and no other", () => {
  const rows = [...read("docs/errors.md").matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map((row) => [
    row[1],
    row[2]?.trim(),
  ]);
  expect(Object.fromEntries(rows)).toEqual(errorCodes);
});

test("docs/errors.md shows the exit code that each code ends with", () => {
  const rows = [...read("docs/errors.md").matchAll(/^\| `(\w+)` \|.*\| (\d) \|$/gm)];
  expect(rows).toHaveLength(Object.keys(errorCodes).length);
  expect(rows.filter(([, code, exit]) => exitCodeOf(code as ErrorCode) !== Number(exit))).toEqual([]);
});

test("every command of the command line stands in the README", () => {
  const files = readdirSync("src/cli/commands").map((file) => read(`src/cli/commands/${file}`));
  const commands = files.flatMap((text) =>
    [...text.matchAll(/\.command\("([a-z-]+)"/g)].map((match) => match[1] ?? ""),
  );
  expect(commands.length).toBeGreaterThan(9);
  const readme = read("README.md");
  expect(commands.filter((command) => !new RegExp(`driftward ([a-z]+ )?${command}\\b`).test(readme))).toEqual([]);
});

test("links of the documentation lead to files that are there", () => {
  const pages = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    ...readdirSync("docs").map((file) => `docs/${file}`),
  ];
  const broken = pages
    .filter((page) => page.endsWith(".md"))
    .flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map((link) => ({ page, link: link[1] ?? "" }))
        .filter(({ link }) => {
          try {
            read(new URL(link, `file://${process.cwd()}/${page}`).pathname);
            return false;
          } catch {
            return true;
          }
        }),
    );
  expect(broken).toEqual([]);
});
