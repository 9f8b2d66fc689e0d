import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { cutHoldout } from "../../../src/core/run/holdout.ts";

const hour = 3_600_000;
const hourly = (count: number) => Float64Array.from({ length: count }, (_, i) => i * hour);

test("the youngest fifth evaluates", () => {
  expect(cutHoldout(hourly(100), new Date(100 * hour))).toEqual({
    cut: new Date(80 * hour),
    trainingRows: 80,
    evaluationRows: 20,
  });
});

test("rows that are not mature count on neither side", () => {
  expect(cutHoldout(hourly(200), new Date(100 * hour))).toEqual(cutHoldout(hourly(100), new Date(100 * hour)));
});

test("an evaluation is no longer than asked, counted from the youngest label", () => {
  expect(cutHoldout(hourly(100), new Date(500 * hour), { longestMs: 9 * hour })).toEqual({
    cut: new Date(90 * hour),
    trainingRows: 90,
    evaluationRows: 10,
  });
});

test("rows of one instant stay together", () => {
  const times = Float64Array.from([1, 2, 3, 3, 3, 3, 3, 3, 3, 3]);
  expect(cutHoldout(times, new Date(10))).toEqual({ cut: new Date(3), trainingRows: 2, evaluationRows: 8 });
});

test("without two instants there is nothing to cut", () => {
  expect(cutHoldout(new Float64Array(), new Date(10))).toBeUndefined();
  expect(cutHoldout(Float64Array.from([5]), new Date(10))).toBeUndefined();
  expect(cutHoldout(Float64Array.from([5, 5, 5]), new Date(10))).toBeUndefined();
  expect(cutHoldout(Float64Array.from([1, 20, 30]), new Date(10))).toBeUndefined();
});

test("every mature row is on one side, and the evaluation is never empty", () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 60 }),
      fc.integer({ min: 0, max: 1_200 }),
      (list, end) => {
        const mature = list.filter((time) => time < end);
        const holdout = cutHoldout(Float64Array.from(list), new Date(end), { longestMs: 300 });
        if (holdout === undefined) return;
        expect(holdout.trainingRows).toBe(mature.filter((time) => time < holdout.cut.getTime()).length);
        expect(holdout.trainingRows + holdout.evaluationRows).toBe(mature.length);
        expect(Math.min(holdout.trainingRows, holdout.evaluationRows)).toBeGreaterThan(0);
        expect(holdout.cut.getTime()).toBeGreaterThanOrEqual(Math.max(...mature) - 300);
      },
    ),
  ));
