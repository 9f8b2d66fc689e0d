import { describe, expect, test } from "@jest/globals";
import { isUnmeasurable } from "../../../src/core/metrics/metric.ts";
import { type JudgedRows, measureCandidate, usesOfHoldout } from "../../../src/core/run/candidate-measures.ts";
import { gateFactsOf } from "../../../src/core/run/gate-facts.ts";

const hour = 3_600_000;
const count = 600;
/** 600 rows, an hour each: NL and BE in turns, and DE in the first 30; the candidate is wrong on a tenth of NL. */
function sample(): JudgedRows {
  const labels = Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const country = (i: number) => (i < 30 ? "country=DE" : i % 2 === 0 ? "country=NL" : "country=BE");
  const wrong = (i: number) => country(i) === "country=NL" && i % 20 === 0;
  const side = (miss: (i: number) => boolean) => ({
    task: "binary" as const,
    labels,
    predictions: labels.map((label, i) => (miss(i) ? 1 - label : label)),
  });
  return {
    candidate: side(wrong),
    champion: side((i) => i % 25 === 0),
    timestamps: Float64Array.from({ length: count }, (_, i) => i * hour),
    segments: { country: Array.from({ length: count }, (_, i) => country(i)) },
  };
}
const request = {
  metrics: ["accuracy" as const],
  uses: 1,
  recentFrom: new Date(500 * hour),
  drifted: "",
  slices: [],
  minSliceRows: 50,
};
const widthOf = (measures: ReturnType<typeof measureCandidate>) => {
  const difference = measures.metrics[0]?.difference;
  if (difference === undefined || isUnmeasurable(difference)) throw new Error("it was not measured");
  return difference.upper - difference.lower;
};

describe("measureCandidate", () => {
  test("measures all rows, and the recent ones by themselves", () => {
    const { metrics, recent, slices, drifted } = measureCandidate(sample(), request);
    expect(metrics[0]?.candidate).toMatchObject({ value: expect.closeTo(1 - 28 / 600, 12), n: 600 });
    expect(recent).toMatchObject({ rows: 100, metrics: [{ candidate: { value: 0.95, n: 100 } }] });
    expect([slices, drifted]).toEqual([undefined, undefined]);
  });

  test("the segment that drifted is measured by itself", () => {
    const { drifted } = measureCandidate(sample(), { ...request, drifted: "country=BE" });
    expect(drifted).toMatchObject({ segment: "country=BE", rows: 285, metrics: [{ candidate: { value: 1 } }] });
  });

  test("slices are every segment with enough rows; gates see the worst end of each", () => {
    const measures = measureCandidate(sample(), { ...request, slices: ["country"] });
    expect(measures.slices?.slices.map(({ segment, rows }) => [segment, rows])).toEqual([
      ["country=BE", 285],
      ["country=NL", 285],
    ]);
    expect(measures.slices?.small).toEqual([{ segment: "country=DE", rows: 30 }]);
    const nl = measures.slices?.slices[1]?.metrics[0]?.difference as { lower: number; value: number };
    const { slices } = gateFactsOf(measures);
    expect(slices?.difference.accuracy?.lower).toBe(nl.lower);
    expect(slices?.candidate.accuracy?.value).toBeCloseTo(1 - 28 / 285, 12);
  });

  test("a holdout that was used before has wider intervals, and so have slices together", () => {
    const once = measureCandidate(sample(), request);
    const thrice = measureCandidate(sample(), { ...request, uses: 3 });
    expect(thrice.errorRate).toBeCloseTo(0.05 / 3, 12);
    // z of 0.9833 over z of 0.95
    expect(widthOf(thrice) / widthOf(once)).toBeCloseTo(2.394 / 1.96, 1);
    const width = (rate: number) => {
      const { slices } = measureCandidate(sample(), { ...request, slices: ["country"], uses: rate });
      const [difference] = (slices?.slices[0]?.metrics ?? []).map(
        (one) => one.difference as { lower: number; upper: number },
      );
      return (difference?.upper ?? 0) - (difference?.lower ?? 0);
    };
    expect(width(1)).toBeGreaterThan(0);
    expect(width(2)).toBeGreaterThan(width(1));
  });

  test("slices take the scores of several classes along", () => {
    const classes = ["art", "law", "tax"];
    const country = (i: number) => (i % 2 === 0 ? "country=NL" : "country=BE");
    const labels = Array.from({ length: count }, (_, i) => classes[i % 3] ?? "");
    // What happened gets 0.8 in NL and 0.5 in BE, and the rest is shared.
    const sure = (i: number) => (country(i) === "country=NL" ? 0.8 : 0.5);
    const scores = (name: string) =>
      Float64Array.from(labels, (label, i) => (label === name ? sure(i) : (1 - sure(i)) / 2));
    const classScores = new Map(classes.map((name) => [name, scores(name)] as const));
    const side = { task: "multiclass" as const, labels, predictions: labels, classScores };
    const segments = { country: labels.map((_, i) => country(i)) };
    const timestamps = Float64Array.from({ length: count }, (_, i) => i * hour);
    const measured = measureCandidate(
      { candidate: side, champion: side, timestamps, segments },
      { ...request, metrics: ["log_loss", "brier"], slices: ["country"] },
    );
    const values = measured.slices?.slices.map(({ segment, metrics }) => [
      segment,
      ...metrics.map(({ candidate }) => (isUnmeasurable(candidate) ? candidate.reason : candidate.value.toFixed(9))),
    ]);
    expect(values).toEqual([
      ["country=BE", (-Math.log(0.5)).toFixed(9), (0.25 + 2 * 0.25 ** 2).toFixed(9)],
      ["country=NL", (-Math.log(0.8)).toFixed(9), (0.04 + 2 * 0.1 ** 2).toFixed(9)],
    ]);
  });

  test("a set without rows is not measured, and says so to gates", () => {
    const measures = measureCandidate(sample(), { ...request, recentFrom: new Date(10_000 * hour) });
    expect(measures.recent?.rows).toBe(0);
    expect(gateFactsOf(measures).absent?.["recent.candidate.accuracy"]).toContain("expected");
  });
});

describe("usesOfHoldout", () => {
  const span = (from: number, to: number) => ({ cut: new Date(from), until: new Date(to) });
  test.each([
    ["never before", [], 1],
    ["apart", [span(0, 10)], 1],
    ["the same span twice", [span(10, 20), span(10, 20)], 3],
    ["half of it", [span(5, 15)], 1.5],
    ["around it", [span(0, 100)], 2],
  ])("%s", (_, earlier, uses) => {
    expect(usesOfHoldout(span(10, 20), earlier)).toBe(uses);
  });
});
