import { expect, test } from "@jest/globals";
import { readText } from "../../../src/core/prediction/read-text.ts";

test.each([
  ["NL", "NL"],
  ["", ""],
  [2, "2"],
  [-0, "0"],
  [2.5, "2.5"],
  [5n, "5"],
  [true, "true"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  ["a\ud800b", "a\ufffdb"],
  ["\u{1f600}", "\u{1f600}"],
  [new Date(Number.NaN), undefined],
  [["a"], undefined],
  [{ a: 1 }, undefined],
])("%p is the category %p", (value, expected) => {
  expect(readText(value)).toBe(expected);
});
