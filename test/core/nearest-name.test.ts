import { expect, test } from "@jest/globals";
import { nearestName, suggestName } from "../../src/core/nearest-name.ts";

test.each([
  ["incmoe", ["income", "age"], "income"],
  ["minrows", ["min_rows", "span"], "min_rows"],
  ["API_VERSION", ["apiVersion"], "apiVersion"],
  ["ps", ["p", "psi"], "psi"],
  ["tresholds", ["rules"], undefined],
  ["", ["a"], undefined],
  ["x".repeat(65), ["x".repeat(65)], undefined],
])("%s among %j is %s", (name, known, nearest) => expect(nearestName(name, known)).toBe(nearest));

test("names what there is when nothing is near, twelve at most", () => {
  expect(suggestName("zzz", ["a", "b"])).toBe("known here: a, b");
  expect(
    suggestName(
      "zzz",
      Array.from({ length: 13 }, (_, index) => `name${index}`),
    ),
  ).toMatch(/name11, …$/);
  expect(suggestName("zzz", [])).toBeUndefined();
});
