import { expect, test } from "@jest/globals";
import { quote, readId } from "../../../src/core/prediction/read-id.ts";

test.each([
  ["a", "a"],
  [" a ", " a "],
  [7, "7"],
  [-0, "0"],
  [12_345_678_901_234_567_890n, "12345678901234567890"],
  ["'; drop table model; --", "'; drop table model; --"],
  ["__proto__", "__proto__"],
])("%p is the id %p", (value, expected) => {
  expect(readId(value)).toEqual({ value: expected });
});

test.each([
  [undefined, "is missing"],
  [null, "is missing"],
  ["", "is missing"],
  [1.5, "1.5 is no exact whole number; write it as text"],
  [2 ** 64, "18446744073709552000 is no exact whole number; write it as text"],
  [true, "is neither text nor a whole number"],
  [{}, "is neither text nor a whole number"],
  ["x".repeat(501), "has 501 characters, more than 500"],
  ["a\u0000b", '"a\\u0000b" has a control character'],
  ["a\r\nb", '"a\\r\\nb" has a control character'],
  ["\ud800", '"\\ud800" is no valid Unicode'],
])("%p: %s", (value, problem) => {
  expect(readId(value)).toEqual({ problem });
});

test("shows long values short", () => {
  expect(quote("x".repeat(100))).toBe(`"${"x".repeat(56)}…"`);
  expect(quote(5n)).toBe("5");
  expect(quote(undefined)).toBe("undefined");
});
