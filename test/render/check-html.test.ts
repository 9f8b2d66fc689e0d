import { describe, expect, test } from "@jest/globals";
import type { QualityFinding } from "../../src/core/drift/finding.ts";
import type { Shape } from "../../src/core/drift/shape.ts";
import { checkHtml } from "../../src/render/check-html.ts";
import { windowsHtml } from "../../src/render/windows-html.ts";
import { faultOfMarkup } from "../support/well-formed.ts";
import { golden, manyFeatures, sampleReport, sampleWindows } from "./sample-report.ts";

const isEmpty = ["meta"];
/** What would fetch, run or leave the page. */
const reaches = /<script|<img|<link|<iframe|\ssrc=|\shref=|url\(|@import|\son\w+=/i;
const textOf = (html: string) => html.replaceAll(/<style>[\s\S]*?<\/style>|<[^>]*>/g, " ");

describe("a check", () => {
  const html = checkHtml(sampleReport(4));

  test("is the page that was looked at", () => {
    expect(html).toBe(golden("check.html", html));
  });

  test("stands alone, and names cannot break out", () => {
    expect(faultOfMarkup(html, isEmpty)).toBeUndefined();
    expect(html.replaceAll(/="[^"]*"/g, "").replaceAll(/>[^<]*</g, "><")).not.toMatch(reaches);
    expect(html).toContain("default-src 'none'");
    expect(textOf(html)).not.toContain("\u202e");
  });

  test("draws every feature, and says in words what it draws", () => {
    const drawn = [...html.matchAll(/role="img" aria-label="Distribution of ([^"]*)"/g)].map(
      ([, label]) => label ?? "",
    );
    expect(drawn).toHaveLength(4);
    expect(drawn.filter((label) => label.includes("drifted: "))).toHaveLength(2);
    expect(html.match(/class="outline"/g)?.length).toBe(html.match(/class="fill"/g)?.length);
    expect(html).toContain("prefers-color-scheme:dark");
  });

  test("what drifted comes first", () => {
    const names = [...html.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, name]) => name?.includes("▲"));
    expect(names).toEqual([true, true, false, false]);
  });

  test("shows no value of a feature without evidence", () => {
    const { findings, ...rest } = sampleReport(4);
    const hidden = findings.map((finding) => ({
      ...finding,
      direction: undefined,
      evidence: { ...finding.evidence, labels: [], baseline: [], window: [] },
    }));
    const page = checkHtml({ ...rest, findings: hidden, explanation: undefined });
    expect(page).not.toContain("Distribution of");
    expect(page).toContain("values are not shown");
    expect(page).not.toContain("blue");
  });
});

test("200 features fit in a megabyte, with every drawing as fine as it comes", () => {
  const report = manyFeatures(200);
  const names = [...new Set(report.findings.map(({ feature }) => feature))];
  const wave = (phase: number) => Array.from({ length: 48 }, (_, i) => 0.02 + 0.0123 * Math.sin(i / 3 + phase));
  const shape = (f: number): Shape =>
    f % 4 === 0
      ? {
          kind: "bars",
          bars: wave(f)
            .slice(0, 8)
            .map((share, i) => ({ label: `a category with a name of its own ${i}`, before: share, now: 0.03 })),
        }
      : { kind: "histogram", low: -123.4, high: 5678, logarithmic: false, before: wave(f), now: wave(f + 1) };
  const html = checkHtml({ ...report, shapes: new Map(names.map((name, f) => [name, shape(f)])) });
  expect(html.match(/<article/g)).toHaveLength(200);
  expect(html.match(/Distribution of/g)).toHaveLength(200);
  expect(faultOfMarkup(html, isEmpty)).toBeUndefined();
  expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
});

describe("a check over time", () => {
  const html = windowsHtml(sampleWindows());

  test("stands alone, and names cannot break out", () => {
    expect(html).toBe(golden("check-windows.html", html));
    expect(faultOfMarkup(html, isEmpty)).toBeUndefined();
    expect(html.replaceAll(/="[^"]*"/g, "").replaceAll(/>[^<]*</g, "><")).not.toMatch(reaches);
  });

  test("says in words what each strip draws", () => {
    expect(html).toContain('aria-label="feature_3: drifted in 1 of 3 days, first 2026-03-04"');
    expect(html).toContain("feature_1: no drift");
  });

  test("months of hours and 100 features fit in a megabyte", () => {
    const report = sampleWindows();
    const [, , drifted] = report.windows;
    const [finding] = drifted?.findings ?? [];
    if (drifted === undefined || finding === undefined) throw new Error("no sample");
    const findings = Array.from({ length: 100 }, (_, f) => ({
      ...finding,
      feature: `feature ${f}`,
      drifted: f % 2 === 0,
    }));
    const hour = (i: number) => new Date(Date.UTC(2026, 0, 1, i));
    const windows = Array.from({ length: 3_000 }, (_, i) => ({
      ...drifted,
      findings,
      start: hour(i),
      end: hour(i + 1),
    }));
    expect(Buffer.byteLength(windowsHtml({ ...report, by: "hour", windows }))).toBeLessThan(1_000_000);
  });
});

test("window by window: what is odd about the files is broken input only where it is critical", () => {
  const odd = { feature: "x", segment: "", kind: "appeared", severity: "notice", message: "x is not in the baseline" };
  const html = windowsHtml({ ...sampleWindows(), quality: [odd as QualityFinding] });
  expect(html).not.toContain("Broken input");
  expect(html).toContain("x is not in the baseline");
});
