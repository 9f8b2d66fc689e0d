import { describe, expect, test } from "@jest/globals";
import { columnType, describeColumns } from "../../../src/core/table/column-type.ts";
import { readTable } from "../../../src/core/table/table.ts";

describe("readTable", () => {
  test("reads rows and columns alike; a name that a row lacks is missing there", () => {
    const rows = readTable([{ a: 1, b: "x" }, { a: 2 }, { b: "y", c: true }], "the baseline");
    expect(rows.rows).toBe(3);
    const plain = [...rows.columns].map(([name, values]) => [name, Array.from(values)]);
    expect(Object.fromEntries(plain)).toEqual({
      a: [1, 2, undefined],
      b: ["x", undefined, "y"],
      c: [undefined, undefined, true],
    });
    expect(readTable({ a: [1, 2] }, "it").columns.get("a")).toEqual([1, 2]);
  });

  test("takes columns called like properties of every object", () => {
    const { columns } = readTable([JSON.parse('{"__proto__": 1, "constructor": 2}')], "the baseline");
    expect([...columns.keys()].sort()).toEqual(["__proto__", "constructor"]);
  });

  test.each<[string, unknown, string]>([
    ["columns of two lengths", { a: [1, 2], b: [1] }, "expected 2 values in column b of the baseline, got 1"],
    ["a column that is text", { a: "abc" }, "expected an array for column a of the baseline, got string"],
    ["a column that is a set", { a: new Set([1]) }, "expected an array for column a of the baseline, got Set"],
    ["a row that is a number", [{ a: 1 }, 2], "expected an object as row 2 of the baseline, got number"],
    ["a row that is an array", [[1, 2]], "expected an object as row 1 of the baseline, got an array"],
    ["a row that is null", [null], "expected an object as row 1 of the baseline, got null"],
    ["nothing", undefined, "expected columns or rows for the baseline, got undefined"],
    ["a bare array of numbers", Float64Array.of(1), "expected columns or rows for the baseline, got Float64Array"],
  ])("refuses %s", (_, input, message) => {
    expect(() => readTable(input as never, "the baseline")).toThrow(message);
  });
});

describe("columnType", () => {
  test.each<[string, ArrayLike<unknown>, string]>([
    ["numbers", [1, 2.5, null, Number.NaN], "numeric"],
    ["a typed array", new Int32Array(3), "numeric"],
    ["nothing but NaN", [Number.NaN, null], "numeric"],
    ["nothing at all", [null, undefined, ""], "text"],
    ["big integers", [1n, 2n], "numeric"],
    ["booleans", [true, false, undefined], "boolean"],
    ["text", ["a", "b"], "text"],
    ["text that reads as numbers", ["1", "2"], "text"],
    ["one typo among ten numbers", [1, 2, 3, 4, 5, 6, 7, 8, 9, "ten"], "numeric"],
    ["more than one typo in ten", [1, 2, 3, 4, 5, 6, 7, 8, "nine", "ten"], "text"],
    ["dates", [new Date(0), null], "timestamp"],
    ["ISO text", ["2026-01-01T00:00:00Z", "2026-01-02"], "timestamp"],
    ["objects", [{}, []], "other"],
  ])("%s", (_, values, type) => {
    expect(columnType(values)).toBe(type);
  });
});

test("declared kinds win, and must be of columns that are there", () => {
  const table = readTable({ code: [1, 2], size: ["1", "2"] }, "it");
  expect(describeColumns(table, { code: "categorical", size: "numeric" })).toEqual([
    { name: "code", type: "text" },
    { name: "size", type: "numeric" },
  ]);
  expect(() => describeColumns(table, { other: "numeric" })).toThrow("expected a column other");
});
