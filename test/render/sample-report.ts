import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { compareTables } from "../../src/core/drift/compare-tables.ts";
import { groupBy } from "../../src/core/group-by.ts";
import { seededRandom } from "../../src/core/metrics/seeded-random.ts";
import type { CheckReport } from "../../src/render/check-report.ts";
import type { WindowsReport } from "../../src/render/windows-report.ts";

/** Names that would break out of a table, a tag, a link or a line, if they were let. */
export const hostile = '<img src=x onerror=alert(1)>|`a``b`\n# x @you #1 "q" & \u202e\u0000\ud800 www.x.y http://x.y';

const rules = { alarmRate: 0.01, floor: 0.05 };

type Columns = Record<string, (string | number | null)[]>;

/** Columns of both sides, of which every third drifts; the first is named as badly as can be. */
function sampleSides(features: number, rows = 400): readonly [Columns, Columns] {
  const random = seededRandom(3);
  const [before, now]: [Columns, Columns] = [{}, {}];
  for (let f = 0; f < features; f += 1) {
    const name = f === 0 ? hostile : `feature_${f}`;
    const draw = (shift: number) =>
      Array.from({ length: rows }, () => {
        if (f % 2 === 1) return Math.round((random() + shift) * 1e4) / 100;
        return random() < shift ? `${hostile} new` : (["red", "green", "blue"][Math.floor(random() * 3)] ?? "");
      });
    before[name] = draw(0);
    now[name] = draw(f % 3 === 0 ? 0.3 : 0);
  }
  return [before, now];
}

export function sampleReport(features: number): CheckReport {
  const [before, now] = sampleSides(features);
  const { verdict, reason, findings, quality, baselineRows, liveRows } = compareTables(before, now);
  return {
    verdict,
    reason,
    findings,
    quality,
    window: { rows: liveRows },
    baseline: { rows: baselineRows },
    performance: [],
    rules,
    explanation: {
      conditions: [{ feature: hostile, is: `= ${hostile}` }],
      explained: 0.876,
      shareBefore: 0.05,
      shareNow: 0.31,
      features: ["feature_3"],
      whole: true,
      since: { at: Date.UTC(2026, 2, 3), unit: "day" },
    },
  };
}

/** The same findings over and over, as those of so many features. */
export function manyFeatures(features: number): CheckReport {
  const report = sampleReport(4);
  const groups = [...groupBy(report.findings, ({ feature }) => feature).values()];
  const findings = Array.from({ length: features }, (_, f) =>
    (groups[f % groups.length] ?? []).map((finding) => ({
      ...finding,
      feature: `a_feature_with_quite_a_long_name_${f}`,
    })),
  );
  return { ...report, findings: findings.flat() };
}

/** Two judged days and one with too few rows. */
export function sampleWindows(): WindowsReport {
  const { findings, quality, verdict, reason } = sampleReport(4);
  const day = (date: number) => ({
    start: new Date(Date.UTC(2026, 2, date)),
    end: new Date(Date.UTC(2026, 2, date + 1)),
  });
  const calm = findings.map((finding) => ({ ...finding, drifted: false, statistic: (finding.limit ?? 0) / 2 }));
  return {
    by: "day",
    baselineRows: 400,
    liveRows: 812,
    quality: [],
    rules,
    windows: [
      { ...day(1), rows: 400, verdict: "ok", reason: undefined, findings: calm, quality: [] },
      {
        ...day(2),
        rows: 12,
        verdict: "inconclusive",
        reason: "only 12 of the 30 rows needed",
        findings: [],
        quality: [],
      },
      { ...day(4), rows: 400, verdict, reason, findings, quality },
    ],
  };
}

/** The kept text of a face; written anew with UPDATE_GOLDEN=1, to be looked at before it is committed. */
export function golden(name: string, text: string): string {
  const file = new URL(`../golden/${name}`, import.meta.url);
  if (process.env.UPDATE_GOLDEN === "1" || !existsSync(file)) writeFileSync(file, text);
  return readFileSync(file, "utf8");
}
