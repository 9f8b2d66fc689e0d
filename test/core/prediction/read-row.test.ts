import { describe, expect, test } from "@jest/globals";
import { resolveColumns } from "../../../src/core/prediction/columns.ts";
import type { FeatureKind, RowKind } from "../../../src/core/prediction/contract.ts";
import { rowSchema } from "../../../src/core/prediction/feature-kinds.ts";
import {
  type RowRules,
  readBaselineRecord,
  readLabel,
  readPrediction,
  rowRules,
} from "../../../src/core/prediction/read-row.ts";

const latest = new Date("2026-06-02T00:00:00Z");

function rulesFor(header: readonly string[], kind: RowKind, more: Partial<RowRules> = {}): RowRules {
  const columns = resolveColumns(header, {}, kind, "x");
  const kinds = new Map<string, FeatureKind>([
    ["age", "numeric"],
    ["plan", "categorical"],
    ["prediction", "numeric"],
  ]);
  const schema = rowSchema(
    kinds,
    columns.scores.map(({ name }) => name),
  );
  return rowRules(columns, header, { schema, textual: false, epoch: undefined, latest, ...more });
}

const header = ["prediction_id", "timestamp", "model_version", "prediction", "plan", "age", "score", "entity_id"];
const good = ["p1", "2026-06-01T00:00:00Z", "v1", 0.5, "basic", 30, 0.9, "e1"];

function withValue(index: number, value: unknown): readonly unknown[] {
  return good.map((old, at) => (at === index ? value : old));
}

describe("predictions", () => {
  const rules = rulesFor(header, "predictions");

  test("a good row is typed, its features in the schema's order", () => {
    expect(readPrediction(good, rules)).toEqual({
      row: {
        predictionId: "p1",
        timestamp: new Date("2026-06-01T00:00:00Z"),
        modelVersion: "v1",
        prediction: 0.5,
        scores: [0.9],
        entityId: "e1",
        features: [30, "basic"],
        invalid: [],
      },
    });
  });

  const commas =
    "is no number, as this model's predictions are: write decimals with a point, and thousands without a sign";

  test.each([
    [0, undefined, "prediction_id is missing"],
    [1, "yesterday", 'timestamp "yesterday" is not ISO 8601 (2026-01-31T08:00:00Z)'],
    [1, 1_769_846_400, "timestamp 1769846400 is a number of unknown unit (declare s, ms or us)"],
    [1, "2026-06-02T00:00:01Z", "timestamp 2026-06-02T00:00:01.000Z is in the future"],
    [2, "", "model_version is missing"],
    [3, null, "prediction is missing"],
    [3, "high", 'prediction "high" is no number, as this model\'s predictions are'],
    [3, "0,5", `prediction "0,5" ${commas}`],
    [3, "1.234,5", `prediction "1.234,5" ${commas}`],
    [3, "1,234.5", `prediction "1,234.5" ${commas}`],
    [3, Number.POSITIVE_INFINITY, "prediction Infinity is not finite"],
  ])("value %p as %p refuses the row: %s", (index, value, refused) => {
    expect(readPrediction(withValue(index, value), rules)).toEqual({ refused });
  });

  test("the last allowed instant is taken", () => {
    expect(readPrediction(withValue(1, "2026-06-02T00:00:00Z"), rules)).toHaveProperty("row");
  });

  test.each([
    [4, { a: 1 }, "plan"],
    [5, "thirty", "age"],
    [6, 1.5, "score"],
    [6, "high", "score"],
    [7, 1.5, "entity_id"],
  ])("value %p as %p is kept as missing and named: %s", (index, value, name) => {
    const outcome = readPrediction(withValue(index, value), rules);
    expect(outcome).toHaveProperty("row.invalid", [name]);
  });

  test("what is missing is not invalid", () => {
    const row = ["p1", "2026-06-01", "v1", 1, null, Number.NaN, undefined, null];
    expect(readPrediction(row, rules)).toMatchObject({
      row: { features: [undefined, undefined], scores: [undefined], entityId: undefined, invalid: [] },
    });
  });

  test("several bad values are named in order of name", () => {
    const row = ["p1", "2026-06-01", "v1", 1, ["x"], "y", 2, {}];
    expect(readPrediction(row, rules)).toHaveProperty("row.invalid", ["age", "entity_id", "plan", "score"]);
  });

  test("numbers are categories of a categorical feature, infinities are numbers", () => {
    const row = withValue(4, 2).map((value, at) => (at === 5 ? Number.NEGATIVE_INFINITY : value));
    expect(readPrediction(row, rules)).toHaveProperty("row.features", [Number.NEGATIVE_INFINITY, "2"]);
  });

  test("columns that these rows do not have are missing in them", () => {
    const columns = resolveColumns(header, {}, "predictions", "x");
    const { schema } = rules;
    const part = rowRules(columns, ["model_version", "prediction", "timestamp", "prediction_id"], {
      schema,
      textual: false,
      epoch: undefined,
      latest,
    });
    expect(readPrediction(["v1", 3, "2026-06-01", "p9"], part)).toMatchObject({
      row: { predictionId: "p9", prediction: 3, features: [undefined, undefined], invalid: [] },
    });
  });

  test("where predictions are classes, numbers and booleans are their text", () => {
    const classes = rulesFor(header, "predictions", { schema: { ...rules.schema, prediction: "categorical" } });
    expect(readPrediction(withValue(3, 2), classes)).toHaveProperty("row.prediction", "2");
    expect(readPrediction(withValue(3, ["x"]), classes)).toEqual({ refused: 'prediction ["x"] is no text' });
  });
});

test("rows of a format without types come out the same", () => {
  const typed = readPrediction(good, rulesFor(header, "predictions"));
  const text = good.map(String);
  expect(readPrediction(text, rulesFor(header, "predictions", { textual: true }))).toEqual(typed);
});

test("a label needs its id, value and time, and has nothing else", () => {
  const rules = rulesFor(["prediction_id", "label", "label_timestamp", "age"], "labels");
  expect(readLabel(["p1", true, "2026-06-01", "old"], rules)).toEqual({
    row: { predictionId: "p1", label: 1, labelTimestamp: new Date("2026-06-01T00:00:00Z") },
  });
  expect(readLabel(["p1", "yes", "2026-06-01"], rules)).toMatchObject({
    refused: expect.stringMatching(/^label "yes"/),
  });
  expect(readLabel(["p1", 1, null], rules)).toEqual({ refused: "label_timestamp is missing" });
  expect(readLabel([null, 1, "2026-06-01"], rules)).toEqual({ refused: "prediction_id is missing" });
});

test("a baseline's row may lack prediction, label and time; what is there must be right", () => {
  const rules = rulesFor(["age", "plan", "prediction", "label", "timestamp"], "baseline");
  expect(readBaselineRecord([30, "basic"], rules)).toMatchObject({
    row: { features: [30, "basic"], prediction: undefined, label: undefined, timestamp: undefined },
  });
  expect(readBaselineRecord([30, "basic", 1, 0, "2026-05-01"], rules)).toMatchObject({
    row: { prediction: 1, label: 0, timestamp: new Date("2026-05-01T00:00:00Z") },
  });
  expect(readBaselineRecord([30, "basic", "x"], rules)).toMatchObject({
    refused: expect.stringMatching(/^prediction/),
  });
  expect(readBaselineRecord([30, "basic", 1, "x"], rules)).toMatchObject({ refused: expect.stringMatching(/^label/) });
  expect(readBaselineRecord([30, "basic", 1, 1, "x"], rules)).toMatchObject({
    refused: expect.stringMatching(/^timestamp/),
  });
});
