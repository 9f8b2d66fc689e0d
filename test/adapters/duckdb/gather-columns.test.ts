import { expect, test } from "@jest/globals";
import { inStatements } from "../../../src/adapters/duckdb/gather-columns.ts";

const columns = (type: string, number: number) => Array.from({ length: number }, () => ({ type }));

test("many columns of text take several statements, numbers one", () => {
  expect(inStatements(columns("VARCHAR", 250)).map((some) => some.length)).toEqual([100, 100, 50]);
  expect(inStatements(columns("VARCHAR", 100))).toHaveLength(1);
  expect(inStatements(columns("DOUBLE", 4_000))).toHaveLength(1);
  expect(inStatements([])).toEqual([]);
});
