import { describe, expect, test } from "@jest/globals";
import type { ReplayedCheck } from "../../../src/core/replay/replay.ts";
import { replayDecisions } from "../../../src/core/replay/replay-decisions.ts";
import { replayRollbacks } from "../../../src/core/replay/replay-rollbacks.ts";
import { dailyPolicy, historyOf, on } from "./histories.ts";

const policy = dailyPolicy(
  "  - { name: drifted, when: drift.share >= 0.3 }",
  "data: { labels: { mature: 1d } }\npromote: { rollback: { when: performance.mae.lower > promised.mae.upper, within: 3d } }",
);
const champions = [
  { at: on(-10), version: "1", versionId: "v1", baselineId: "b1" },
  { at: on(0.1), version: "2", versionId: "v2", baselineId: "b2" },
];

/** Days of checks of version 2; each letter is what the guard said: h holds, q quiet, i inconclusive. */
function checksOf(days: string, rule = "q"): readonly ReplayedCheck[] {
  const words = { h: "holds", q: "quiet", i: "inconclusive" } as const;
  return historyOf(policy, rule.repeat(days.length)).checks.map((check, day) => ({
    ...{ ...check, versionId: "v2", baselineId: "b2" },
    guard: { guard: words[days[day] as "h" | "q" | "i"], why: `day ${day}` },
  }));
}

const found = (days: string, promotions = champions) =>
  replayRollbacks({ policy, checks: checksOf(days), promotions }).map(({ version, to, why, recorded }) => {
    return `${version} to ${to}, ${why}${recorded ? ", recorded" : ""}`;
  });

describe("of each promotion the first check that finds the promise broken", () => {
  test("takes it back once", () => expect(found("qqhhq")).toEqual(["2 to 1, day 2"]));
  test("and none that could not judge", () => expect(found("iiqi")).toEqual([]));
  test("not before the promotion", () => expect(found("hq")).toEqual([]));
  test("not after the end of the watch, once one could judge", () => expect(found("qqqqqh")).toEqual([]));
  test("after the end of the watch, when none could judge before", () =>
    expect(found("iiiiiihq")).toEqual(["2 to 1, day 6"]));
});

test("a change back is what really was, and is not watched itself", () => {
  const back = { at: new Date(on(2).getTime() + 700_000), version: "1", versionId: "v1", baselineId: "b1" };
  expect(found("qqhq", [...champions, back])).toEqual(["2 to 1, day 2, recorded"]);
});

test("the check that took its version back opened nothing", () => {
  const back = { at: new Date(on(1).getTime() + 700_000), version: "1", versionId: "v1", baselineId: "b1" };
  const history = historyOf(policy, "", { checks: checksOf("qhqq", "h"), from: on(0), to: on(4) });
  const opened = (promotions: typeof champions) => {
    const { incidents, rollbacks } = replayDecisions({ ...history, promotions });
    return [incidents.map(({ openedSlot }) => openedSlot), rollbacks.length];
  };
  expect(opened([champions[0] ?? back, { ...champions[1], at: on(0.9) } as typeof back, back])).toEqual([[], 1]);
  expect(opened(champions)).toEqual([[on(1)], 1]);
});

test("another baseline of the version is no change back: the checks against it are judged", () => {
  const live = { at: new Date(on(1).getTime() + 700_000), version: "2", versionId: "v2", baselineId: "live" };
  const checks = checksOf("qqhh").map((check, day) => (day > 1 ? { ...check, baselineId: "live" } : check));
  const rollbacks = (of: readonly ReplayedCheck[]) =>
    replayRollbacks({ policy, checks: of, promotions: [...champions, live] }).map(({ why, recorded }) => [
      why,
      recorded,
    ]);
  expect(rollbacks(checks)).toEqual([["day 2", false]]);
  // Those that were planned against the baseline before, and decided later, speak of nothing.
  expect(rollbacks(checksOf("qqhh"))).toEqual([]);
  expect(rollbacks(checksOf("hqqq"))).toEqual([]);
});
