import { expect, test } from "@jest/globals";
import { describeShadow, judgeShadow } from "../../../src/core/run/shadow.ts";
import { nextStep } from "../../../src/core/run/steps.ts";

const seen = {
  champion: 1_000,
  challenger: 990,
  compared: 980,
  agreeing: 931,
  meanDifference: 0.0123456,
  distance: 0.0512,
};

test("a challenger goes on when it answered nearly all of enough predictions", () => {
  expect(judgeShadow(seen, 500)).toBeUndefined();
  expect(judgeShadow({ ...seen, compared: 950 }, 1_000)).toBeUndefined();
  expect(judgeShadow({ ...seen, compared: 949 }, 500)).toBe(
    "the challenger answered 949 of the 1000 predictions of the champion, and 95 % are needed",
  );
  expect(judgeShadow({ ...seen, champion: 499 }, 500)).toBe(
    "the champion made 499 predictions meanwhile, and 500 are needed to compare",
  );
});

test("a comparison in words leaves out what is not known, and sameness where predictions are amounts", () => {
  expect(describeShadow(seen, "binary")).toBe(
    "980 predictions compared, 95 % the same, mean difference 0.0123, distributions 0.0512 apart",
  );
  expect(describeShadow({ ...seen, compared: 0 }, "binary")).toBe("no prediction of both to compare");
  expect(describeShadow(seen, "regression")).not.toContain("the same");
});

test("the steps of a promotion come in their order", () => {
  const all = { approval: "none", approvalExpiresMs: 1, shadowMs: 1, hooks: ["a"] } as const;
  expect([nextStep(all, undefined), nextStep(all, "shadow"), nextStep(all, "deploy")]).toEqual([
    ...["shadow", "deploy", undefined],
  ]);
  const { shadowMs: _none, ...hooksOnly } = all;
  expect(nextStep(hooksOnly, undefined)).toBe("deploy");
  expect(nextStep({ approval: "none", approvalExpiresMs: 1 }, undefined)).toBeUndefined();
});
