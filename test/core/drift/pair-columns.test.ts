import { expect, test } from "@jest/globals";
import { pairColumns } from "../../../src/core/drift/pair-columns.ts";

const numeric = (name: string) => ({ name, type: "numeric" as const });
const columns = ["prediction_id", "timestamp", "prediction", "score", "score_cat", "x", "entity_id", "label"].map(
  numeric,
);

test("what the model says is compared, scores of classes where they are named, the rest of the contract never", () => {
  const all = pairColumns(columns, columns, undefined);
  expect(all.features.map(({ name }) => name)).toEqual(["prediction", "score", "x"]);
  expect(all.skipped).toEqual([
    { column: "score_cat", reason: "scores of classes are not compared unless they are named" },
  ]);
  expect(pairColumns(columns, columns, ["score_cat"]).features.map(({ name }) => name)).toEqual(["score_cat"]);
});

test("a vanished score of a class is no damage", () => {
  const live = columns.filter(({ name }) => name !== "score_cat");
  expect(pairColumns(columns, live, undefined).quality).toEqual([]);
  expect(pairColumns(columns, live.slice(0, 3), undefined).quality.map(({ feature }) => feature)).toEqual([
    "score",
    "x",
  ]);
});
