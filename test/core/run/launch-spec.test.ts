import { expect, test } from "@jest/globals";
import { attemptKey, nextLookMs, seedOf, trainerEnvironment } from "../../../src/core/run/launch-spec.ts";

test("an attempt's key names run and number", () => {
  expect(attemptKey("5f0c", 2)).toBe("5f0c-2");
});

test("a trainer is told four things", () => {
  const files = { training: "/r/t.parquet", evaluation: "/r/e.parquet", output: "/r/out" };
  expect(trainerEnvironment("5f0c", files)).toEqual({
    DRIFTWARD_RUN_ID: "5f0c",
    DRIFTWARD_TRAINING_DATA: "/r/t.parquet",
    DRIFTWARD_EVALUATION: "/r/e.parquet",
    DRIFTWARD_OUTPUT: "/r/out",
  });
});

test("the longer it ran, the rarer the looks", () => {
  expect([0, 4_000, 60_000, 3_600_000].map(nextLookMs)).toEqual([500, 500, 6_000, 15_000]);
});

test("a run's seed is its own and stays", () => {
  expect(seedOf("00000007-aaaa-4aaa-8aaa-aaaaaaaaaaaa")).toBe(7);
  expect(seedOf("ffffffff-aaaa-4aaa-8aaa-aaaaaaaaaaaa")).toBe(2 ** 31 - 1);
});
