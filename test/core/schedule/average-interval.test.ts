import { expect, test } from "@jest/globals";
import { averageInterval } from "../../../src/core/schedule/average-interval.ts";

const hour = 3_600_000;

test.each([
  ["every 6 hours", { everyMs: 6 * hour }, 6],
  ["daily", { cron: "0 6 * * *", timezone: "Europe/Amsterdam" }, 24],
  ["hourly", { cron: "0 * * * *", timezone: "UTC" }, 1],
  ["on working days", { cron: "0 6 * * 1-5", timezone: "UTC" }, (7 * 24) / 5],
])("%s", (_name, schedule, hours) => {
  expect(averageInterval(schedule, 1) / hour).toBeCloseTo(hours, 9);
});
