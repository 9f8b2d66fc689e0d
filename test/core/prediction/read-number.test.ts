import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isMissing, readNumber } from "../../../src/core/prediction/read-number.ts";

describe("values with types", () => {
  test.each([
    [1.5, 1.5],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [-0, 0],
    [9_007_199_254_740_993n, 9_007_199_254_740_992],
    [true, 1],
    [false, 0],
    [Number.NaN, undefined],
    ["1.5", undefined],
    ["true", undefined],
    [new Date(0), undefined],
    [[1], undefined],
    [{ a: 1 }, undefined],
  ])("%p is %p", (value, expected) => {
    expect(readNumber(value, false)).toBe(expected);
  });
});

describe("text of a format without types", () => {
  test.each([
    ["1.5", 1.5],
    [" -2e3 ", -2_000],
    ["+.5", 0.5],
    ["5.", 5],
    ["007", 7],
    ["-0", 0],
    ["inf", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["True", 1],
    ["FALSE", 0],
    ["1,5", undefined],
    ["0x10", undefined],
    ["1e", undefined],
    ["12 apples", undefined],
    ["yes", undefined],
    ["", undefined],
    ["1_000", undefined],
  ])("%p is %p", (value, expected) => {
    expect(readNumber(value, true)).toBe(expected);
  });

  test("reads back what numbers are written as", () =>
    fc.assert(fc.property(fc.double({ noNaN: true }), (x) => expect(readNumber(String(x), true)).toBe(x + 0))));
});

describe("what is missing", () => {
  const missing = (values: readonly unknown[], textual: boolean, kind: "numeric" | "categorical") =>
    values.filter((value) => isMissing(value, textual, kind));

  test("nothing, null and NaN; empty text is a value where formats have types", () => {
    const values = [undefined, null, Number.NaN, "", "NaN", 0, false];
    expect(missing(values, false, "numeric")).toEqual([undefined, null, Number.NaN]);
    expect(missing(values, false, "categorical")).toEqual([undefined, null, Number.NaN]);
  });

  test("without types the empty field; blanks and NaN only where numbers are expected", () => {
    const values = ["", "  ", "nan", " NaN ", "null", "NA", "0"];
    expect(missing(values, true, "numeric")).toEqual(["", "  ", "nan", " NaN "]);
    expect(missing(values, true, "categorical")).toEqual([""]);
  });
});
