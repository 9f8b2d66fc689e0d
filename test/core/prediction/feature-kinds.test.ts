import { expect, test } from "@jest/globals";
import type { FeatureKind } from "../../../src/core/prediction/contract.ts";
import { kindOf, mergeKinds, rowSchema, voteKind } from "../../../src/core/prediction/feature-kinds.ts";

test.each([
  [1, false, "numeric"],
  [true, false, "numeric"],
  ["1", false, "categorical"],
  ["1", true, "numeric"],
  ["True", true, "numeric"],
  ["NL", true, "categorical"],
  [{ a: 1 }, false, "categorical"],
  ["", true, undefined],
  [null, false, undefined],
  [Number.NaN, false, undefined],
])("%p (without types: %p) says %p", (value, textual, kind) => {
  expect(voteKind(value, textual)).toBe(kind);
});

test("one value that is no number makes a column categorical; none leaves it open", () => {
  expect(kindOf({ numbers: 5, others: 0 })).toBe("numeric");
  expect(kindOf({ numbers: 5, others: 1 })).toBe("categorical");
  expect(kindOf({ numbers: 0, others: 0 })).toBeUndefined();
});

test("kinds that a model has stay, new columns are added, empty ones wait", () => {
  const known = new Map<string, FeatureKind>([["age", "numeric"]]);
  const merged = mergeKinds(
    known,
    new Map([
      ["age", { numbers: 0, others: 9 }],
      ["plan", { numbers: 0, others: 9 }],
      ["later", { numbers: 0, others: 0 }],
    ]),
    "x.csv",
  );
  expect([...merged]).toEqual([
    ["age", "numeric"],
    ["plan", "categorical"],
  ]);
});

test("a name that differs only in case from a known one is refused", () => {
  const known = new Map<string, FeatureKind>([["Age", "numeric"]]);
  expect(() => mergeKinds(known, new Map([["age", { numbers: 1, others: 0 }]]), "x.csv")).toThrow(
    'x.csv: column "age" differs only in case from "Age"',
  );
});

test("a schema is in order of name, whatever the order of the columns was", () => {
  const kinds = new Map<string, FeatureKind>([
    ["b", "numeric"],
    ["prediction", "categorical"],
    ["__proto__", "numeric"],
    ["a", "categorical"],
  ]);
  expect(rowSchema(kinds, ["score_b", "score_a"])).toEqual({
    prediction: "categorical",
    scores: ["score_a", "score_b"],
    features: [
      { name: "__proto__", kind: "numeric" },
      { name: "a", kind: "categorical" },
      { name: "b", kind: "numeric" },
    ],
  });
});
