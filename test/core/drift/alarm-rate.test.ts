import { expect, test } from "@jest/globals";
import { alphaPerCheck } from "../../../src/core/drift/alarm-rate.ts";
import { parseDuration, parseRate } from "../../../src/core/units.ts";

test.each([
  ["1 per 30d", "1d", 1 / 30],
  ["1 per 30d", "1h", 1 / 720],
  ["2 per 30d", "1h", 1 / 360],
  ["1 per 30d", "7d", 0.05],
  ["9 per 1d", "1d", 0.05],
])("%s and a check every %s: %d", (budget, every, alpha) => {
  expect(alphaPerCheck(parseRate(budget), parseDuration(every))).toBeCloseTo(alpha, 12);
});
