import { expect, test } from "@jest/globals";
import { backoffMs, queueNames, queueOptions, taskRoutes } from "../../workers/queues.ts";

test("every kind of task goes to one of the four queues, and every queue carries something", () => {
  expect([...queueNames].sort()).toEqual(["checks", "data", "notices", "runs"]);
  expect(new Set(Object.values(taskRoutes).map(({ queue }) => queue))).toEqual(new Set(queueNames));
});
test("a lock outlives several looks of its renewal, and looks come sooner than a lease ends", () => {
  for (const { lockMs, stalledEveryMs } of Object.values(queueOptions)) {
    expect(lockMs).toBeGreaterThanOrEqual(10_000);
    expect(lockMs + 2 * stalledEveryMs).toBeLessThan(60_000);
  }
});
test("waits double from the first to the longest", () => {
  const retry = { maxFailures: 9, firstMs: 1_000, maxMs: 10_000 };
  expect([1, 2, 3, 4, 5, 500].map((failures) => backoffMs(failures, retry))).toEqual([
    1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
  ]);
  expect(backoffMs(0, retry)).toBe(1_000);
});
