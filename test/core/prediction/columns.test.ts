import { describe, expect, test } from "@jest/globals";
import { DriftwardError } from "../../../src/core/errors.ts";
import { resolveColumns } from "../../../src/core/prediction/columns.ts";

const header = ["prediction_id", "timestamp", "model_version", "prediction", "age"];

function problemOf(work: () => unknown): { message: string; hint: string | undefined } {
  try {
    work();
  } catch (error) {
    if (error instanceof DriftwardError) return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error("expected a problem");
}

test("what the contract does not name is a feature", () => {
  const columns = resolveColumns([...header, "score", "score_a", "entity_id", "plan"], {}, "predictions", "x.csv");
  expect(columns.features).toEqual(["age", "plan"]);
  expect(columns.scores).toEqual([
    { name: "score", column: "score" },
    { name: "score_a", column: "score_a" },
  ]);
  expect(Object.fromEntries(columns.system)).toEqual({
    prediction_id: "prediction_id",
    timestamp: "timestamp",
    model_version: "model_version",
    prediction: "prediction",
    entity_id: "entity_id",
  });
});

test("a mapping serves other names, and mapped columns are no features", () => {
  const mapping = { prediction_id: "id", score: "proba", label: "churned" };
  const columns = resolveColumns(
    ["id", "timestamp", "model_version", "prediction", "proba", "churned", "age"],
    mapping,
    "predictions",
    "x.csv",
  );
  expect(columns.features).toEqual(["age"]);
  expect(columns.system.get("prediction_id")).toBe("id");
  expect(columns.scores).toEqual([{ name: "score", column: "proba" }]);
});

test("one mapping serves predictions and labels", () => {
  const mapping = { prediction_id: "id", timestamp: "at", label: "churned" };
  const labels = resolveColumns(["id", "churned", "label_timestamp"], mapping, "labels", "l.csv");
  expect(labels.system.get("label")).toBe("churned");
  expect(labels.features).toEqual([]);
  const predictions = resolveColumns(["id", "at", "model_version", "prediction"], mapping, "predictions", "p.csv");
  expect(predictions.system.get("timestamp")).toBe("at");
});

test("columns of labels beside predictions are passed over, so that no feature tells the outcome", () => {
  expect(resolveColumns([...header, "label", "label_timestamp"], {}, "predictions", "x.csv").features).toEqual(["age"]);
});

test("a baseline needs no column", () => {
  expect(resolveColumns(["age"], { prediction_id: "id", timestamp: "at" }, "baseline", "x.csv").features).toEqual([
    "age",
  ]);
});

describe("refusals", () => {
  test.each([
    [["a", "b"], {}, 'x.csv: expected a column "prediction_id", got "a", "b"'],
    [[], {}, 'x.csv: expected a column "prediction_id", got none'],
    [header, { score: "proba" }, 'expected a column "proba", to which score is mapped'],
    [[...header, "t"], { timestamp: "t" }, 'timestamp is mapped to "t", and there is a column "timestamp" as well'],
    [[...header, "_hour"], {}, 'a feature cannot be called "_hour"'],
    [[...header, "_Invalid"], {}, 'a feature cannot be called "_Invalid"'],
    [[...header, "Score"], {}, 'a feature cannot be called "Score"'],
    [[...header, "SCORE_a"], {}, 'a feature cannot be called "SCORE_a"'],
    [[...header, "Entity_ID"], {}, 'a feature cannot be called "Entity_ID"'],
    [header, { age: "x" }, 'got "age"'],
    [header, { score: "" }, 'expected a column\'s name for score, got ""'],
  ] as const)("%j with %j", (columns, mapping, message) => {
    expect(problemOf(() => resolveColumns(columns, mapping, "predictions", "x.csv")).message).toMatch(message);
  });

  test("a name in other letters is offered as a mapping", () => {
    const columns = ["prediction_id", "Timestamp", "model_version", "prediction"];
    expect(problemOf(() => resolveColumns(columns, {}, "predictions", "x.csv")).hint).toBe(
      "map it: timestamp = Timestamp",
    );
  });
});
