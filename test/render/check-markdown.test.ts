import { describe, expect, test } from "@jest/globals";
import { checkMarkdown } from "../../src/render/check-markdown.ts";
import { markdownCode, markdownText } from "../../src/render/markdown-text.ts";
import { windowsMarkdown } from "../../src/render/windows-markdown.ts";
import { golden, hostile, manyFeatures, sampleReport, sampleWindows } from "./sample-report.ts";

/** Cells of the rows of a table: bars that are not escaped. */
const cellsOf = (row: string) => row.split(/(?<!\\)\|/).length - 2;

test("a table for a comment; names cannot break out", () => {
  const markdown = checkMarkdown(sampleReport(4));
  expect(markdown).toBe(golden("check.md", markdown));
  const rows = markdown.split("\n").filter((line) => line.startsWith("|"));
  expect(rows.length).toBe(4);
  expect(rows.map(cellsOf)).toEqual(rows.map(() => 5));
});

test("a comment holds it, whatever the number of features", () => {
  expect(checkMarkdown(manyFeatures(200)).length).toBeLessThan(65_536);
});

test("a check that says nothing says why", () => {
  const report = { ...sampleReport(2), verdict: "inconclusive", reason: "too few rows", findings: [] } as const;
  expect(checkMarkdown(report)).toMatch(/^### \? inconclusive: too few rows\n/);
});

test("window by window", () => {
  const markdown = windowsMarkdown(sampleWindows());
  expect(markdown).toBe(golden("check-windows.md", markdown));
  const rows = markdown.split("\n").filter((line) => line.startsWith("|"));
  expect(rows.map(cellsOf)).toEqual(rows.map(() => 5));
});

describe("text from outside", () => {
  test("as words: no format, no link, no mention", () => {
    expect(markdownText("a_b *c* [d](e) <i> | `f` \\ 10 %")).toBe(
      "a\\_b \\*c\\* \\[d\\](e) \\<i\\> \\| \\`f\\` \\\\ 10 %",
    );
    expect(markdownText(hostile)).not.toMatch(/[@#]\w|:\/\/|www\.\w|\n/);
  });

  test("as code: the fence is longer than any run inside, a bar stays in its cell", () => {
    expect(markdownCode("a")).toBe("`a`");
    expect(markdownCode("a``b|c")).toBe("```a``b\\|c```");
    expect(markdownCode("`a")).toBe("`` `a ``");
    expect(markdownCode("")).toBe("`·`");
  });
});
