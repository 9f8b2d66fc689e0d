import { expect, test } from "@jest/globals";
import { nextVersionName } from "../../../src/core/run/version-name.ts";

test.each([
  [["1"], "1", "2"],
  [["1", "2", "7", "v9"], "2", "8"],
  [["v3"], "v3", "v4"],
  [["v3", "5"], "v3", "v4"],
  [["2024-01-01"], "2024-01-01", "r12"],
  [["r12"], "r12", "r12.2"],
  [[], undefined, "r12"],
])("after %j with champion %s comes %s", (taken, champion, next) => {
  expect(nextVersionName(taken, champion, 12)).toBe(next);
});
