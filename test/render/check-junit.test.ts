import { expect, test } from "@jest/globals";
import { checkJunit, windowsJunit } from "../../src/render/check-junit.ts";
import { faultOfMarkup } from "../support/well-formed.ts";
import { golden, sampleReport, sampleWindows } from "./sample-report.ts";

test("a test case a feature: failed where it drifted; names cannot break out", () => {
  const xml = checkJunit(sampleReport(4));
  expect(xml).toBe(golden("check.junit.xml", xml));
  expect(faultOfMarkup(xml)).toBeUndefined();
  expect(xml).toMatch(/tests="5" failures="2" skipped="0"/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 holds none of them
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/);
});

test("broken input fails, a notice does not, an inconclusive check is skipped", () => {
  const quality = [
    { feature: "a", segment: "", kind: "vanished", severity: "critical", message: "a is not in the live data" },
    { feature: "b", segment: "", kind: "constant", severity: "notice", message: "b is 1 in every row" },
  ] as const;
  const report = {
    ...sampleReport(2),
    verdict: "inconclusive",
    reason: "too few rows",
    findings: [],
    quality,
  } as const;
  const xml = checkJunit(report);
  expect(xml).toContain('tests="3" failures="1" skipped="1"');
  expect(xml).toContain('name="a: vanished"><failure message="a is not in the live data">');
  expect(xml).toContain('name="verdict"><skipped message="too few rows"/>');
});

test("a feature that no test can judge is skipped", () => {
  const { findings, ...rest } = sampleReport(2);
  const untold = findings.map((finding) => ({ ...finding, limit: undefined, drifted: false }));
  expect(checkJunit({ ...rest, verdict: "ok", findings: untold })).toContain('tests="2" failures="0" skipped="2"');
});

test("a feature that is only observed fails no build", () => {
  const { findings, ...rest } = sampleReport(2);
  const drifted = findings.map((finding) => ({ ...finding, drifted: true }));
  const observed = drifted.map((finding) => ({ ...finding, observed: true as const }));
  expect(checkJunit({ ...rest, findings: drifted })).toContain('tests="2" failures="2" skipped="0"');
  expect(checkJunit({ ...rest, verdict: "ok", findings: observed })).toContain('tests="2" failures="0" skipped="0"');
});

test("window by window: a suite a window", () => {
  const report = sampleWindows();
  const xml = windowsJunit(report);
  expect(faultOfMarkup(xml)).toBeUndefined();
  expect(
    [...xml.matchAll(/<testsuite name="driftward check ([^"]+)" tests="(\d)" failures="(\d)" skipped="(\d)"/g)].map(
      (match) => match.slice(1),
    ),
  ).toEqual([
    ["2026-03-01", "4", "0", "0"],
    ["2026-03-02", "1", "0", "1"],
    ["2026-03-04", "5", "2", "0"],
  ]);
});

test("window by window: what is odd about the files comes first", () => {
  const [gone, fresh] = [
    { feature: "gone", segment: "", kind: "vanished", severity: "critical", message: "gone is not in the live data" },
    { feature: "new", segment: "", kind: "appeared", severity: "notice", message: "new is not in the baseline" },
  ] as const;
  const xml = windowsJunit({ ...sampleWindows(), quality: [gone, fresh] });
  expect(xml).toContain('<testsuite name="driftward check" tests="2" failures="1" skipped="0">');
  expect(xml.indexOf("gone is not")).toBeLessThan(xml.indexOf("2026-03-01"));
});
