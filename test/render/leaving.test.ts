import { expect, test } from "@jest/globals";
import { describeDirection } from "../../src/core/drift/direction.ts";
import type { Finding, QualityFinding } from "../../src/core/drift/finding.ts";
import { fitToLeave } from "../../src/core/drift/fit-to-leave.ts";
import type { IncidentNotice } from "../../src/core/incident/notice.ts";
import { binCounts, binLabels } from "../../src/core/profile/bin-counts.ts";
import { checkHtml } from "../../src/render/check-html.ts";
import { checkJunit } from "../../src/render/check-junit.ts";
import { checkMarkdown } from "../../src/render/check-markdown.ts";
import { checkJson } from "../../src/render/check-report.ts";
import { writeMail } from "../../src/render/mail/write-mail.ts";
import { cloudEvent } from "../../src/render/webhook/cloud-event.ts";
import { noticeEvent } from "../../src/render/webhook/notice-event.ts";
import { slackMessage } from "../../src/render/webhook/slack-message.ts";
import { finding, mix, numbers } from "../core/drift/sides.ts";
import { instance, notices } from "./mail/notices.ts";

/* Whatever a face shows of these is a secret told: each is a value of a sensitive feature, or of fewer than ten rows. */

const opened = notices["drift-opened"] as IncidentNotice;

/** Categories of which those of few rows, or all where the feature is sensitive, are called after the secret. */
function categories(feature: string, baseline: readonly number[], window: readonly number[], secret: RegExp): Finding {
  const side = mix(feature, baseline, window);
  const names = baseline.slice(0, -1).map((count, i) => {
    const rare = [count, window[i] ?? 0].some((rows) => rows > 0 && rows < 10);
    return rare || secret.test(feature) ? `SECRET-${feature}-${i}` : `told-${feature}-${i}`;
  });
  const bins = { ...side.bins, categories: names } as typeof side.bins;
  return finding({
    feature,
    drifted: true,
    n: baseline.reduce((sum, count) => sum + count, 0),
    m: window.reduce((sum, count) => sum + count, 0),
    direction: describeDirection(bins, side.baseline, side.window),
    evidence: {
      kind: "categorical",
      labels: binLabels(bins),
      baseline: [...binCounts(bins, side.baseline)],
      window: [...binCounts(bins, side.window)],
    },
  });
}

function income(): Finding {
  const before = Array.from({ length: 200 }, (_, i) => i);
  // Three rows beyond the last edge of the baseline, and 7777 is the largest.
  const now = [...Array.from({ length: 60 }, (_, i) => i), 7_771, 7_772, 7_777];
  const { bins, baseline, window } = numbers("income", before, now, [49, 99, 149, 6_666]);
  return finding({
    feature: "income",
    drifted: true,
    n: before.length,
    m: now.length,
    direction: `${describeDirection(bins, baseline, window)}, more rows above 6666: 0 % → 5 %`,
    evidence: {
      kind: "numeric",
      labels: binLabels(bins),
      baseline: [...binCounts(bins, baseline)],
      window: [...binCounts(bins, window)],
    },
  });
}

const sensitive = ["postcode", "diagnosis"];
const found: readonly Finding[] = [
  categories("postcode", [5_000, 3_000, 0], [900, 7_000, 400], /postcode/),
  categories("diagnosis", [500, 3, 0], [9, 7_000, 400], /diagnosis/),
  categories("weather", [800, 150, 40, 6, 0], [9, 100, 60, 40, 30], /never/),
  categories("city", [400, 400, 0], [5, 3, 0], /never/),
  income(),
  { ...categories("plan", [400, 400, 0], [500, 30, 0], /never/), segment: "diagnosis=SECRET-segment" },
  { ...categories("plan", [400, 400, 0], [3, 3, 0], /never/), segment: "country=SECRET-country" },
];
const quality: readonly QualityFinding[] = [
  {
    feature: "postcode",
    segment: "",
    kind: "constant",
    severity: "notice",
    message: "postcode is SECRET in every row",
  },
  {
    ...{ feature: "income", segment: "", kind: "out of range", severity: "critical" },
    message: "income ranges from 1 to 7777, in the baseline from 0 to 199",
  },
];

const seen = fitToLeave({ rows: 8_000, findings: found, quality, performance: [] }, sensitive);

function faces(): Readonly<Record<string, string>> {
  const notice: IncidentNotice = { ...opened, findings: seen.findings, quality: seen.quality };
  const report = {
    ...{ verdict: "critical" as const, reason: undefined, window: { rows: seen.rows }, baseline: { rows: 10_000 } },
    ...{ findings: seen.findings, quality: seen.quality, performance: [] },
  };
  const event = noticeEvent(notice);
  return {
    mail: JSON.stringify(writeMail(notice, instance)),
    webhook: JSON.stringify(cloudEvent(event, { id: "x", at: new Date(0), instance })),
    slack: JSON.stringify(slackMessage(event)),
    json: JSON.stringify(checkJson(report)),
    html: checkHtml(report),
    markdown: checkMarkdown(report),
    junit: checkJunit(report),
    stored: JSON.stringify(notice),
  };
}

test.each(Object.keys(faces()))(
  "%s tells no value of a sensitive feature and no cell of fewer than ten rows",
  (face) => {
    const shown = faces()[face] ?? "";
    expect(shown.match(/SECRET[^"<\s]*|\b777\d\b|6[ ,]?666/g)).toBeNull();
    if (face !== "slack") expect(shown).toContain("fewer than 10 rows");
    expect(shown.length).toBeGreaterThan(100);
  },
);

test("what was there would have been told", () => {
  expect(JSON.stringify(found).match(/SECRET/g)?.length).toBeGreaterThan(10);
  expect(JSON.stringify(found)).toContain("6666");
  expect(JSON.stringify(seen)).toContain("told-weather");
});
