import { expect, test } from "@jest/globals";
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
  return headline(
    { verdict, reason: undefined },
    ranked,
    ranked.filter((one) => one.drifted),
  );
};

test("features are counted without the prediction and its score", () => {
  expect(told("warning", ["a"], ["b", "prediction", "score"])).toBe("1 of 2 features drifted");
  expect(told("warning", ["a", "score"], ["b", "prediction"])).toBe("1 of 2 features drifted; the prediction drifted");
  expect(told("ok", [], ["a", "b", "score"])).toBe("none of 2 features drifted");
  expect(told("warning", ["prediction"])).toBe("the prediction drifted");
  expect(told("ok", [], ["prediction"])).toBe("nothing drifted");
  expect(told("inconclusive", [])).toBe("there is nothing to compare");
});
