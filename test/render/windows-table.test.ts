import { expect, test } from "@jest/globals";
import picocolors from "picocolors";
import type { QualityFinding } from "../../src/core/drift/finding.ts";
import { windowsTable } from "../../src/render/windows-table.ts";
import { sampleWindows } from "./sample-report.ts";

const plain = picocolors.createColors(false);
const overTime = (text: string) => text.split("\n").find((line) => line.startsWith("largest of all"));

test("days without rows are dots in the drawing, and said to be left out", () => {
  const report = sampleWindows();
  const text = windowsTable(report, plain);
  // The first, one that could not be judged, one without rows, the last.
  expect(overTime(text)).toMatch(/^largest of all +\S··\S *$/);
  expect(text).toContain("1 day without rows is left out");
  expect(text).not.toContain("2026-03-03");
  const [first, second] = report.windows;
  if (first === undefined || second === undefined) throw new Error("expected windows");
  expect(windowsTable({ ...report, windows: [first, second] }, plain)).not.toContain("without rows");
});

test("a stray row of another decade does not stretch the drawing", () => {
  const report = sampleWindows();
  const windows = report.windows.map((window, at) =>
    at > 0 ? window : { ...window, start: new Date(0), end: new Date(86_400_000) },
  );
  const text = windowsTable({ ...report, windows }, plain);
  expect(overTime(text)).toMatch(/^largest of all +\S·\S *$/);
  expect(text).toContain("20,514 days without rows are left out");
});

test("only what is critical is marked as broken", () => {
  const odd = (severity: QualityFinding["severity"], message: string): QualityFinding => ({
    feature: "x",
    segment: "",
    kind: severity === "critical" ? "vanished" : "appeared",
    severity,
    message,
  });
  const text = windowsTable({ ...sampleWindows(), quality: [odd("critical", "gone"), odd("notice", "new")] }, plain);
  expect(text).toContain("\n✗ gone\n· new\n");
});
