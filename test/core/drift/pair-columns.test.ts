import { describe, expect, test } from "@jest/globals";
import { compareTables } from "../../../src/core/drift/compare-tables.ts";
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

test("a column that is not there is told with the name that is nearest", () => {
  const missing = (name: string) => () => pairColumns(columns, columns, ["x", name]);
  const hint = (text: string) => expect.objectContaining({ code: "InvalidData", hint: text });
  expect(missing("entityid")).toThrow(hint('did you mean "entity_id"?'));
  expect(missing("something")).toThrow(hint(`known here: ${columns.map(({ name }) => name).join(", ")}`));
});

test("a vanished score of a class is no damage", () => {
  const live = columns.filter(({ name }) => name !== "score_cat");
  expect(pairColumns(columns, live, undefined).quality).toEqual([]);
  expect(pairColumns(columns, live.slice(0, 3), undefined).quality.map(({ feature }) => feature)).toEqual([
    "score",
    "x",
  ]);
});

describe("a column of another type", () => {
  const text = { name: "x", type: "text" as const };
  const quality = (before: Parameters<typeof pairColumns>[0], now: typeof before, declared?: ReadonlySet<string>) =>
    pairColumns(before, now, undefined, declared).quality.map(({ kind, message }) => `${kind}: ${message}`);

  test("is told, whichever way, and compared as what it was", () => {
    expect(quality([numeric("x")], [text])).toEqual([
      "changed type: x holds text in the live data, numbers in the baseline: what reads alike is compared as numbers",
    ]);
    expect(quality([text], [numeric("x")])).toEqual([
      "changed type: x holds numbers in the live data, text or booleans in the baseline: what reads alike is compared as categories",
    ]);
  });

  test("is none where both are categories, where a kind was declared, or where it has no value at all", () => {
    expect(quality([{ name: "x", type: "boolean" }], [text])).toEqual([]);
    expect(quality([text], [numeric("x")], new Set(["x"]))).toEqual([]);
    const found = compareTables(
      { x: Array.from({ length: 100 }, (_, i) => i) },
      { x: Array.from({ length: 100 }, () => "") },
    );
    expect(found.quality.map(({ kind }) => kind)).toEqual(["vanished"]);
  });
});
