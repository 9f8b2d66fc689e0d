import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { canonicalJson } from "../../../src/core/audit/canonical-json.ts";

describe("one value has one spelling", () => {
  test("names are sorted by UTF-16 unit, at every depth, and blanks are left out", () => {
    const value = { b: [1, { z: null, a: true }], a: "x", "€": 1, "\r": 2, "1": 3, "😀": 4, "\ufb33": 5 };
    // The order of the example in RFC 8785, section 3.2.3: the emoji's first unit D83D sorts before FB33.
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":3,"a":"x","b":[1,{"a":true,"z":null}],"€":1,"😀":4,"\ufb33":5}');
  });

  test.each([
    [333333333.3333333, "333333333.3333333"],
    [1e30, "1e+30"],
    [4.5, "4.5"],
    [2e-3, "0.002"],
    [0.000000000000000000000000001, "1e-27"],
    [-0, "0"],
    [1e21, "1e+21"],
  ])("number %p is written %s", (value, text) => expect(canonicalJson(value)).toBe(text));

  test("half of a surrogate pair is escaped, so that UTF-8 keeps it", () =>
    expect(canonicalJson("\ud800")).toBe('"\\ud800"'));

  test("what is undefined is not there", () => expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}'));

  test("a member named __proto__ is a member like others", () =>
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":2}}'))).toBe('{"__proto__":{"a":2},"b":1}'));
});

test.each([
  ["NaN", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["a bigint", 1n],
  ["a function", () => 1],
  ["a Date", new Date(0)],
  ["a Map", new Map()],
  ["bytes", new Uint8Array(1)],
  ["undefined", undefined],
  ["undefined in a list", [undefined]],
  ["NaN inside", { a: [{ b: Number.NaN }] }],
])("refuses %s", (_name, value) => expect(() => canonicalJson(value)).toThrow("expected a value that JSON can hold"));

test("reads back as the same value and does not depend on the order of names", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(reversed)).toBe(text);
    }),
  );
});
