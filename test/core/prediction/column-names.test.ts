import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { checkColumnNames } from "../../../src/core/prediction/column-names.ts";

interface Corpus {
  readonly accepted: readonly string[];
  readonly refused: readonly { readonly name: string; readonly why: string }[];
}
const corpus = JSON.parse(readFileSync("test/fixtures/ingest/hostile-names.json", "utf8")) as Corpus;

describe("hostile names", () => {
  test.each(corpus.accepted)("%j is a name like any other", (name) => {
    expect(() => checkColumnNames(["id", name], "x.csv")).not.toThrow();
  });
  test.each(corpus.refused)("$name is refused", ({ name, why }) => {
    expect(() => checkColumnNames(["id", name], "x.csv")).toThrow(why);
  });
});

test("says which column it is", () => {
  expect(() => checkColumnNames(["", "a"], "x.csv")).toThrow("x.csv: column 1 has no name");
  expect(() => checkColumnNames(["a", "b", "a"], "x.csv")).toThrow('x.csv: column "a" is there twice');
  expect(() => checkColumnNames(["Age", "age"], "x.csv")).toThrow('columns "Age" and "age" differ only in case');
  expect(() => checkColumnNames(["x".repeat(201)], "x.csv")).toThrow("the name of column 1 has 201 characters");
  expect(() =>
    checkColumnNames(
      Array.from({ length: 2_001 }, (_, i) => `c${i}`),
      "x.csv",
    ),
  ).toThrow("got 2001");
});

test("twins in the two normal forms of Unicode are two names", () => {
  expect(() => checkColumnNames(["caf\u00e9", "cafe\u0301"], "x.csv")).not.toThrow();
});
