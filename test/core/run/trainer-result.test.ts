import { describe, expect, test } from "@jest/globals";
import { parseTrainerResult } from "../../../src/core/run/trainer-result.ts";

test("reads what a trainer says", () => {
  const text = '{"artifact": "s3://models/churn/7", "parameters": {"depth": 4}, "code": {"commit": "0a1b2c"}}';
  expect(parseTrainerResult(text)).toEqual({
    result: { artifact: "s3://models/churn/7", parameters: { depth: 4 }, code: { commit: "0a1b2c" } },
  });
  expect(parseTrainerResult('{"artifact": "model.bin"}')).toEqual({
    result: { artifact: "model.bin", parameters: {}, code: {} },
  });
});

describe("says what is wrong with", () => {
  const problems: readonly (readonly [string, string | undefined, string])[] = [
    ["nothing", undefined, "the trainer wrote no result.json"],
    ["no JSON", "model.bin", "expected JSON"],
    ["NaN, which is no JSON", '{"artifact": NaN}', "expected JSON"],
    ["a list", "[]", "cannot be used:"],
    ["no artifact", "{}", "cannot be used at artifact"],
    ["an empty artifact", '{"artifact": ""}', "cannot be used at artifact"],
    ["unknown keys", '{"artifact": "m", "accuracy": 1}', "accuracy"],
  ];
  for (const [what, text, problem] of problems)
    test(what, () => expect(parseTrainerResult(text)).toEqual({ problem: expect.stringContaining(problem) }));
});
