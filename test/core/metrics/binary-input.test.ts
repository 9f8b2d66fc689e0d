import { expect, test } from "@jest/globals";
import { delongTest } from "../../../src/core/metrics/delong-test.ts";
import { expectPerformance } from "../../../src/core/metrics/expect-performance.ts";
import { expectedRocAuc } from "../../../src/core/metrics/expected-roc-auc.ts";
import { isotonicCalibration } from "../../../src/core/metrics/isotonic-calibration.ts";
import { lineariseAveragePrecision } from "../../../src/core/metrics/linearise-average-precision.ts";
import { placements } from "../../../src/core/metrics/placements.ts";

const labels = [1, 1, 0, 0];
const fine = [0.9, 0.4, 0.5, 0.1];

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  "a score of %s is refused, not looked for without an end",
  (score) => {
    const strange = [0.9, score, 0.5, 0.1];
    const refused = expect.objectContaining({
      code: "InvalidInput",
      message: `expected finite scores, got ${score} at index 1`,
    });
    expect(() => delongTest(labels, strange, fine)).toThrow(refused);
    expect(() => delongTest(labels, fine, strange)).toThrow(refused);
    expect(() => isotonicCalibration(strange, labels)).toThrow(refused);
  },
);

test("groups of equal scores come to an end even where a score equals nothing", () => {
  const scores = Float64Array.of(0.9, Number.NaN, 0.5, 0.1);
  const classes = Uint8Array.from(labels);
  expect(placements(classes, scores)).toBeDefined();
  expect(lineariseAveragePrecision(classes, scores)).toBeDefined();
  expect(expectedRocAuc(scores, Float64Array.from(fine))).toBeDefined();
});

test("plain arrays do as well as typed ones", () => {
  expect(delongTest(labels, fine, fine)).toEqual(
    delongTest(Uint8Array.from(labels), Float64Array.from(fine), Float64Array.from(fine)),
  );
  expect(isotonicCalibration(fine, labels)).toEqual(
    isotonicCalibration(Float64Array.from(fine), Uint8Array.from(labels)),
  );
  expect(expectPerformance("accuracy", { scores: fine, predicted: labels })).toMatchObject({ n: 4 });
});

test("labels are 1 or 0, and none at all is told as such", () => {
  expect(() => delongTest([1, 2, 0, 0], fine, fine)).toThrow("expected labels of 1 and 0, got 2 at index 1");
  expect(() => isotonicCalibration(fine, [1, 2, 0, 0])).toThrow("expected labels of 1 and 0, got 2 at index 1");
  expect(delongTest([], [], [])).toEqual({ reason: "expected labelled rows, got no rows" });
});

test("every score has a prediction, and knots are not empty", () => {
  expect(() => expectPerformance("accuracy", { scores: fine, predicted: [1] })).toThrow(
    "expected a prediction for each of 4 scores, got 1",
  );
  expect(() => expectPerformance("accuracy", { scores: fine, predicted: labels }, [])).toThrow("got an empty list");
});
