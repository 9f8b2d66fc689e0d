import { expect, test } from "@jest/globals";
import type { DigestNotice } from "../../../src/core/incident/digest.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import { modelsOf } from "../../../src/core/notice.ts";
import type { RunNotice } from "../../../src/core/run/notice.ts";
import { noticeToLeave } from "../../../src/core/run/notice-to-leave.ts";
import { notices } from "../../render/mail/notices.ts";

const opened = notices["drift-opened"] as IncidentNotice;
const weather = "weather_at_the_station_of_departure";
const incident: IncidentNotice = {
  ...opened,
  rule: { ...opened.rule, segment: "country=SECRET" },
  findings: opened.findings.map((one) => ({ ...one, segment: "country=SECRET" })),
  quality: [
    {
      ...{ feature: weather, segment: "country=SECRET", kind: "constant", severity: "notice" },
      message: `${weather} is SECRET in every row`,
    },
  ],
  explanation: {
    conditions: [{ feature: weather, is: "= SECRET" }],
    ...{ explained: 0.9, shareBefore: 0.1, shareNow: 0.4, features: ["income"], whole: true, since: undefined },
  },
};
const run: RunNotice = {
  ...(notices["run-rejected"] as RunNotice),
  outcome: "the candidate did not pass its gates: not known: country=SECRET: roc_auc: one class only",
  gates: [{ gate: "slices.difference.mae.upper < 1.0", outcome: "inconclusive", reason: "country=SECRET: one class" }],
  slices: [{ segment: "country=SECRET", rows: 500, metrics: [] }],
  log: { lines: ["row SECRET could not be read"] },
};
const digest: DigestNotice = {
  ...{ about: "digest", kind: "digest", dueAt: "2026-05-04T08:00:00.000Z" },
  entries: [{ state: "firing", acknowledgedBy: undefined, notice: incident }],
};
const held = ["clear", "SECRET"];

test.each([
  ["an incident", incident],
  ["a run", run],
  ["a digest", digest],
])("of %s no value is left that became sensitive after it was written", (_, notice) => {
  expect(JSON.stringify(notice)).toContain("SECRET");
  const left = JSON.stringify(noticeToLeave(notice, [weather, "country"]));
  for (const value of held) expect(left).not.toContain(value);
  // What is not of these columns stays.
  if (notice.about !== "run") expect(left).toContain("median 41.2 → 52.4");
  expect(left).toContain("country=(not shown)");
});

test("without sensitive columns a notice is what it was", () => {
  for (const notice of [incident, run, digest]) expect(noticeToLeave(notice, [])).toBe(notice);
});

test("a digest and a shared incident speak of several models", () => {
  const shared = { source: "source warehouse", models: ["a", "b"], left: [] };
  expect(modelsOf({ ...incident, model: "a", shared })).toEqual(["a", "a", "b"]);
  expect(modelsOf(digest)).toEqual([incident.model]);
});
