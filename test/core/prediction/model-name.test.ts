import { expect, test } from "@jest/globals";
import { checkModelName } from "../../../src/core/prediction/model-name.ts";

test.each(["churn", "churn/NL", "a.b_c-d", "9", "x".repeat(100)])("%s names a model", (name) => {
  expect(() => checkModelName(name)).not.toThrow();
});

test.each(["", "/", "a/", "a/b/c", "../x", "-rf", ".hidden", "a b", "ä", "a\n", "x".repeat(101), "con:"])(
  "%p does not",
  (name) => {
    expect(() => checkModelName(name)).toThrow(`got "${name}"`);
  },
);
