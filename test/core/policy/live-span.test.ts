import { expect, test } from "@jest/globals";
import { tooFewBlocks } from "../../../src/core/calibration/design-effects.ts";
import { stratumOfHour } from "../../../src/core/calibration/match-baseline.ts";
import { defaultLiveMs, fewestLiveMs, fewestWindows } from "../../../src/core/policy/live-span.ts";
import type { Calendar } from "../../../src/core/policy/policy.ts";

const hourMs = 3_600_000;
const day = 24;
const monday = Date.UTC(2026, 5, 1) / hourMs;

/** Whether a baseline of so many hours, with rows in each, has provisional limits. */
function provisional(hours: number, spanHours: number, match: readonly Calendar[], from: number): boolean {
  const rows = Array.from({ length: hours }, (_, hour) => ({
    hour: new Date((monday + from + hour) * hourMs),
    counts: { rows: 100, features: [] },
  }));
  const stratumOf = match.length === 0 ? undefined : (hour: number) => stratumOfHour(hour, match);
  return tooFewBlocks(rows, spanHours * hourMs, stratumOf);
}

test.each<[number, readonly Calendar[], number]>([
  [1, [], 8],
  [day, [], 8],
  [7 * day, [], 8],
  [day, ["hour"], 8],
  [1, ["hour"], 31],
  [day, ["weekday"], 14],
  [7 * day, ["weekday"], 8],
  [6, ["weekday", "hour"], 35],
])("windows of %d hours matched on %j need %d", (spanHours, match, windows) => {
  const asked = { spanMs: spanHours * hourMs, match };
  expect(fewestWindows(asked)).toBe(windows);
  for (const from of [0, 5, 13]) {
    expect(provisional(defaultLiveMs(asked) / hourMs, spanHours, match, from)).toBe(false);
    // An hour without rows at its end costs a window, which the default has to spare.
    expect(provisional(defaultLiveMs(asked) / hourMs - 1, spanHours, match, from)).toBe(false);
  }
  expect(provisional(fewestLiveMs(asked) / hourMs - spanHours, spanHours, match, 0)).toBe(true);
});

test("the default is in whole weeks where weekdays are matched, and in whole hours", () => {
  expect(defaultLiveMs({ spanMs: day * hourMs, match: [] })).toBe(9 * day * hourMs);
  expect(defaultLiveMs({ spanMs: day * hourMs, match: ["weekday"] })).toBe(21 * day * hourMs);
  expect(defaultLiveMs({ spanMs: 90 * 60_000, match: [] })).toBe(18 * hourMs);
});
