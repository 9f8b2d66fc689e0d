import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { featureRole, fitsPattern, watchedFeatures } from "../../../src/core/policy/watched-features.ts";

test.each([
  ["income", "*", true],
  ["", "*", true],
  ["raw_x", "raw_*", true],
  ["raw", "raw_*", false],
  ["a.b", "a?b", false],
  ["a.b", "a.b", true],
  ["abcabc", "a*b*c", true],
  ["ab", "ab*b", false],
  ["aXbXc", "*b*", true],
])("%s fits %s: %s", (name, pattern, fits) => expect(fitsPattern(name, pattern)).toBe(fits));

test("agrees with a regular expression", () => {
  const text = fc.stringMatching(/^[ab.]{0,8}$/);
  fc.assert(
    fc.property(text, fc.stringMatching(/^[ab.*]{0,6}$/), (name, pattern) => {
      const source = pattern
        .split("*")
        .map((part) => part.replaceAll(".", "\\."))
        .join(".*");
      expect(fitsPattern(name, pattern)).toBe(new RegExp(`^${source}$`, "s").test(name));
    }),
    { numRuns: 2_000 },
  );
});

test("exclude goes before observe, observe before watch", () => {
  const features = { watch: ["a*"], observe: ["ab*"], exclude: ["abc"] };
  expect(["a", "ab", "abc", "b"].map((name) => featureRole(features, name))).toEqual([
    "watched",
    "observed",
    "excluded",
    "unnamed",
  ]);
  const drift = { features, alarmBudget: { count: 1, perMs: 1 }, tests: { numeric: [], categorical: [] }, floor: 0 };
  expect(watchedFeatures({ drift }, ["b", "a", "abc", "a2"])).toEqual(["a", "a2"]);
});
