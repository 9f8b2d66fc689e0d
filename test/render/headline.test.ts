import { expect, test } from "@jest/globals";
import type { Finding } from "../../src/core/drift/finding.ts";
import { rankFeatures } from "../../src/core/drift/rank-features.ts";
import { headline } from "../../src/render/headline.ts";
import { finding } from "../core/drift/sides.ts";

const told = (
  verdict: "ok" | "warning" | "inconclusive",
  drifted: readonly string[],
  steady: readonly string[] = [],
) => {
  const ranked = rankFeatures([
    ...drifted.map((feature) => finding({ feature, drifted: true })),
    ...steady.map((feature) => finding({ feature })),
  ]);
  return headline({ verdict, reason: undefined }, ranked);
};

test("features are counted without the prediction and its score", () => {
  expect(told("warning", ["a"], ["b", "prediction", "score"])).toBe("1 of 2 features drifted");
  expect(told("warning", ["a", "score"], ["b", "prediction"])).toBe("1 of 2 features drifted; the prediction drifted");
  expect(told("ok", [], ["a", "b", "score"])).toBe("none of 2 features drifted");
  expect(told("warning", ["prediction"])).toBe("the prediction drifted");
  expect(told("ok", [], ["prediction"])).toBe("nothing drifted");
  expect(told("inconclusive", [])).toBe("there is nothing to compare");
});

test("observed features are none of them, and come after those that alarm", () => {
  const seen = (feature: string, more: Partial<Finding>) => finding({ feature, drifted: true, ...more });
  const ranked = rankFeatures([
    seen("raw", { observed: true, moved: 0.9 }),
    finding({ feature: "steady", moved: 0.8 }),
    seen("raw", { observed: true, moved: 0.7, segment: "country=NL" }),
    seen("age", { moved: 0.6, segment: "country=DE" }),
    seen("age", { moved: 0.1 }),
  ]);
  expect(ranked.map(({ feature, segment }) => `${feature} ${segment}`)).toEqual([
    ...["age ", "age country=DE", "raw ", "raw country=NL", "steady "],
  ]);
  expect(headline({ verdict: "warning", reason: undefined }, ranked)).toBe(
    "1 of 2 features drifted; drift in country = DE",
  );
});
