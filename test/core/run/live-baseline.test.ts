import { describe, expect, test } from "@jest/globals";
import {
  beginOfReign,
  firstWholeHour,
  type LiveBaseline,
  nextLiveStep,
  reignSince,
  tooFewLiveRows,
} from "../../../src/core/run/live-baseline.ts";

const hourMs = 3_600_000;
const at = (hours: number): Date => new Date(Date.UTC(2026, 5, 1) + hours * hourMs);
const clock = { since: at(0), now: at(10), logSeq: 3, spanMs: 24 * hourMs, settleMs: hourMs };
const waiting: LiveBaseline = { since: at(0), state: "waiting", seenSeq: 3, startsAt: undefined, endsAt: undefined };
const gathering: LiveBaseline = { ...waiting, state: "gathering", startsAt: at(2), endsAt: at(26) };

describe("what a live baseline needs next", () => {
  test.each<[string, LiveBaseline | undefined, Partial<typeof clock>, object]>([
    ["nothing before anything is logged", undefined, { logSeq: 0 }, { step: "none" }],
    ["a look once something is", undefined, {}, { step: "look" }],
    ["no second look at the same", waiting, {}, { step: "none" }],
    ["a look at what came since", waiting, { logSeq: 4 }, { step: "look" }],
    ["nothing while rows are gathered", gathering, { now: at(26) }, { step: "none" }],
    ["the time to settle is given", gathering, { now: new Date(at(27).getTime() - 1) }, { step: "none" }],
    ["then it is made", gathering, { now: at(27) }, { step: "make", endsAt: at(26) }],
    ["a longer span of the policy counts", gathering, { now: at(27), spanMs: 25 * hourMs }, { step: "none" }],
    ["and a shorter one", gathering, { now: at(13), spanMs: 10 * hourMs }, { step: "make", endsAt: at(12) }],
    [
      "what is being made keeps its span",
      { ...gathering, state: "making" },
      { now: at(27), spanMs: 99 * hourMs },
      { step: "make", endsAt: at(26) },
    ],
    ["what is made stays", { ...gathering, state: "made" }, { now: at(99) }, { step: "none" }],
    ["what was too little stays so", { ...gathering, state: "kept" }, { now: at(99) }, { step: "none" }],
    ["a version that returns begins anew", gathering, { since: at(50), now: at(99) }, { step: "look" }],
    ["also out of the middle", { ...gathering, state: "making" }, { since: at(50), now: at(99) }, { step: "look" }],
    ["and keeps what it has made", { ...gathering, state: "made" }, { since: at(50), now: at(99) }, { step: "none" }],
  ])("%s", (_, known, more, expected) => {
    expect(nextLiveStep(known, { ...clock, ...more })).toEqual(expected);
  });
});

test("a version's last reign began with the change that made it champion", () => {
  const changes = ["a", "b", "a", "a", "c"].map((versionId, n) => ({ versionId, n }));
  expect(beginOfReign(changes, "a")).toEqual({ versionId: "a", n: 2 });
  expect(beginOfReign(changes, "c")?.n).toBe(4);
  expect(beginOfReign(changes.slice(0, 1), "a")?.n).toBe(0);
  expect([beginOfReign(changes, "d"), beginOfReign([], undefined)]).toEqual([undefined, undefined]);
});

test("another baseline of the same version begins no new reign", () => {
  const change = (versionId: string, hours: number) => ({ versionId, at: at(hours) });
  expect(reignSince([])).toBeUndefined();
  expect(reignSince([change("a", 1), change("a", 2)])).toEqual(at(1));
  expect(reignSince([change("a", 1), change("b", 2), change("b", 3)])).toEqual(at(2));
  expect(reignSince([change("a", 1), change("b", 2), change("a", 3), change("a", 4)])).toEqual(at(3));
});

test("rows are gathered from a whole hour on", () => {
  expect(firstWholeHour(at(3))).toEqual(at(3));
  expect(firstWholeHour(new Date(at(3).getTime() + 1))).toEqual(at(4));
});

test("a window's rows are needed, and a hundred", () => {
  expect(tooFewLiveRows(500, 500)).toBeUndefined();
  expect(tooFewLiveRows(1_499, 1_500)).toBe("1,499 rows could be gathered, of the 1,500 needed");
  expect(tooFewLiveRows(1, 1)).toBe("1 row could be gathered, of the 100 needed");
});
