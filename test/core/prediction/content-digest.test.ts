import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { idKey, labelDigest, predictionDigest } from "../../../src/core/prediction/content-digest.ts";
import type { LogPrediction, RowSchema } from "../../../src/core/prediction/prediction.ts";

const schema: RowSchema = {
  prediction: "numeric",
  scores: ["score"],
  features: [
    { name: "age", kind: "numeric" },
    { name: "plan", kind: "categorical" },
  ],
};
const row: LogPrediction = {
  predictionId: "p1",
  timestamp: new Date(1_000),
  modelVersion: "v1",
  prediction: 1,
  scores: [0.5],
  entityId: "e",
  features: [30, "basic"],
  invalid: [],
};

function hex(prediction: LogPrediction, under: RowSchema = schema): string {
  return Buffer.from(predictionDigest(prediction, under)).toString("hex");
}

test("the key of an id is the start of the sha256 of its text", () => {
  const expected = createHash("sha256").update("p\u00e9").digest("hex").slice(0, 32);
  expect(Buffer.from(idKey("p\u00e9")).toString("hex")).toBe(expected);
});

test("is eight bytes, the same each time", () => {
  expect(hex(row)).toHaveLength(16);
  expect(hex({ ...row, features: [...row.features] })).toBe(hex(row));
});

test.each<[string, Partial<LogPrediction>]>([
  ["timestamp", { timestamp: new Date(1_001) }],
  ["version", { modelVersion: "v2" }],
  ["prediction", { prediction: 2 }],
  ["prediction's type", { prediction: "1" }],
  ["score", { scores: [0.6] }],
  ["no score", { scores: [undefined] }],
  ["entity", { entityId: "f" }],
  ["no entity", { entityId: undefined }],
  ["feature", { features: [31, "basic"] }],
  ["category", { features: [30, "pro"] }],
  ["infinity", { features: [Number.POSITIVE_INFINITY, "basic"] }],
  ["no value", { features: [undefined, "basic"] }],
  ["invalid", { features: [undefined, "basic"], invalid: ["age"] }],
])("another %s is another content", (_, change) => {
  expect(hex({ ...row, ...change })).not.toBe(hex(row));
});

test("values cannot pass from one column into the next", () => {
  const names: RowSchema = { ...schema, features: ["a", "b"].map((name) => ({ name, kind: "categorical" })) };
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (a, b, c, d) => {
      fc.pre(a.toLowerCase() !== c.toLowerCase() && !/^-?\d*\.?0*$/.test(a + c));
      expect(hex({ ...row, features: [a, b] }, names)).not.toBe(hex({ ...row, features: [c, d] }, names));
    }),
  );
});

test("a column without value changes nothing, whether the model has it or not", () => {
  const wider = { ...schema, features: [...schema.features, { name: "zone", kind: "numeric" } as const] };
  expect(hex({ ...row, features: [30, "basic", undefined] }, wider)).toBe(hex(row));
});

test("what formats write differently is the same", () => {
  for (const [one, other] of [
    ["True", "true"],
    ["3.0", "3"],
    ["", undefined],
  ] as const)
    expect(hex({ ...row, features: [30, one] })).toBe(hex({ ...row, features: [30, other] }));
});

test("a label's digest tells value, type and time apart", () => {
  const label = { predictionId: "p", label: 1, labelTimestamp: new Date(0) };
  const all = [label, { ...label, label: "1" }, { ...label, label: 0 }, { ...label, labelTimestamp: new Date(1) }];
  expect(new Set(all.map((each) => Buffer.from(labelDigest(each)).toString("hex"))).size).toBe(4);
});
