import { expect, test } from "@jest/globals";
import { type DigestEntry, digestEntries, gatheredUntil, nextDigestAfter } from "../../../src/core/incident/digest.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";

const digest = { hour: 2, minute: 30, timezone: "Europe/Berlin" };
const now = new Date("2026-01-05T12:00:00Z");

test("warnings by mail are gathered until the next time of the digest; all else is said at once", () => {
  const told = { kind: "opened", severity: "warning", recipient: "a@example.com" } as const;
  expect(gatheredUntil({ digest }, told, now)).toEqual(new Date("2026-01-06T01:30:00Z"));
  expect(gatheredUntil({}, told, now)).toBeUndefined();
  expect(gatheredUntil({ digest }, { ...told, severity: "critical" }, now)).toBeUndefined();
  expect(gatheredUntil({ digest }, { ...told, kind: "escalated" }, now)).toBeUndefined();
  expect(gatheredUntil({ digest }, { ...told, recipient: "webhook:pager" }, now)).toBeUndefined();
  for (const kind of ["repeated", "resolved"] as const)
    expect(gatheredUntil({ digest }, { ...told, kind }, now)).toBeDefined();
});

test("one a day, in the nights too when clocks change, and strictly after", () => {
  const from = (text: string) => nextDigestAfter(digest, new Date(text))?.toISOString();
  expect(from("2026-01-06T01:30:00Z")).toBe("2026-01-07T01:30:00.000Z");
  // 29 March has no half past two: it is sent when the gap ends. 25 October has two: it is sent at the first.
  expect(from("2026-03-28T12:00:00Z")).toBe("2026-03-29T01:00:00.000Z");
  expect(from("2026-10-24T12:00:00Z")).toBe("2026-10-25T00:30:00.000Z");
  expect(from("2026-10-25T00:30:00Z")).toBe("2026-10-26T01:30:00.000Z");
});

test("of each incident what was to be said last, open ones first", () => {
  const entry = (incident: number, state: DigestEntry["state"], kind = "opened"): DigestEntry => ({
    state,
    acknowledgedBy: undefined,
    notice: { incident, kind } as IncidentNotice,
  });
  const entries = [
    entry(3, "resolved"),
    entry(7, "firing"),
    entry(3, "resolved", "resolved"),
    entry(5, "acknowledged"),
  ];
  expect(digestEntries(entries).map(({ notice }) => [notice.incident, notice.kind])).toEqual([
    [5, "opened"],
    [7, "opened"],
    [3, "resolved"],
  ]);
});
