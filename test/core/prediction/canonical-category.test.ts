import { expect, test } from "@jest/globals";
import { canonicalCategory } from "../../../src/core/prediction/canonical-category.ts";

test.each([
  ["", undefined],
  ["True", "true"],
  ["FALSE", "false"],
  ["3.0", "3"],
  ["-3.00", "-3"],
  ["-0.0", "0"],
  ["3.5", "3.5"],
  ["1.0.0", "1.0.0"],
  ["truely", "truely"],
  ["03", "03"],
])("%p is %p", (text, expected) => {
  expect(canonicalCategory(text)).toBe(expected);
});
