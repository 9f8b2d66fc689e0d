import { expect, test } from "@jest/globals";
import {
  attemptKey,
  fileVariables,
  nextLookMs,
  seedOf,
  trainerEnvironment,
} from "../../../src/core/run/launch-spec.ts";

test("an attempt's key names run and number", () => {
  expect(attemptKey("5f0c", 2)).toBe("5f0c-2");
});

test("a trainer is told its run, its parameters and its files", () => {
  expect(trainerEnvironment("5f0c", { epochs: 20, loss: 'a "b"; $c' })).toEqual({
    DRIFTWARD_RUN_ID: "5f0c",
    DRIFTWARD_PARAMETERS: '{"epochs":20,"loss":"a \\"b\\"; $c"}',
  });
  expect(fileVariables({ training: "/r/t.parquet", evaluation: "/r/e.parquet", output: "/r/out" })).toEqual({
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
