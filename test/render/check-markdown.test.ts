import { describe, expect, test } from "@jest/globals";
import { checkMarkdown } from "../../src/render/check-markdown.ts";
import { markdownCode, markdownText } from "../../src/render/markdown-text.ts";
import { windowsMarkdown } from "../../src/render/windows-markdown.ts";
import { finding } from "../core/drift/sides.ts";
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

test("what the rules said stands before what drifted, that of all rows first; names cannot break out", () => {
  const said = {
    segment: "",
    outcome: "holds",
    severity: "warning",
    when: "drift.share > 0.1",
    place: "p:1:1",
  } as const;
  const outcome = { ...said, values: { "drift.share": 0.5 }, reason: undefined, forMs: 0, do: [] };
  const drifted = (segment: string, moved: number) => finding({ segment, moved, drifted: true });
  const findings = [drifted("c=1", 0.9), drifted("", 0.2)];
  const outcomes = [
    { ...outcome, rule: "moved" },
    { ...outcome, rule: hostile, outcome: "quiet" as const },
  ];
  const lines = checkMarkdown({ ...sampleReport(2), findings, outcomes }).split("\n");
  const at = lines.indexOf("- ▲ moved holds: drift.share = 0.5 (drift.share \\> 0.1)");
  expect(at).toBeGreaterThan(0);
  expect(lines[at + 1]).toMatch(/^- · .*does not hold: drift\.share = 0\.5/);
  expect(lines[at + 1]).not.toMatch(/[^\\]<|@[a-z]|:\/\//);
  expect(lines.filter((line) => line.startsWith("| `x`")).map((line) => line.slice(0, 14))).toEqual([
    "| `x` | 20 % | ".slice(0, 14),
    "| `x` `c = 1` | ".slice(0, 14),
  ]);
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
