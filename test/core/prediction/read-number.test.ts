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

test("only nothing is missing: empty text is a value where formats have types", () => {
  expect([undefined, null, Number.NaN].map((value) => isMissing(value, false))).toEqual([true, true, true]);
  expect(["", "NaN", 0, false].map((value) => isMissing(value, false))).toEqual([false, false, false, false]);
  expect(["", "  ", "nan", "NaN"].map((value) => isMissing(value, true))).toEqual([true, true, true, true]);
  expect(["null", "NA", "None", "0"].map((value) => isMissing(value, true))).toEqual([false, false, false, false]);
});
