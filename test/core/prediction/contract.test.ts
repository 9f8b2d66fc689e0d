import { expect, test } from "@jest/globals";
import { checkMapping, isClassScore, isContractName } from "../../../src/core/prediction/contract.ts";

test("tells its names from those of features", () => {
  expect(["label", "score", "__proto__", "Label"].map(isContractName)).toEqual([true, true, false, false]);
  expect(["score_a", "score_", "score", "xscore_a"].map(isClassScore)).toEqual([true, false, false, false]);
});

test("a mapping names the contract's columns only", () => {
  expect(() => checkMapping({ timestamp: "at", score_a: "p_a" })).not.toThrow();
  expect(() => checkMapping({ country: "land" })).toThrow('got "country"');
  expect(() => checkMapping(JSON.parse('{"__proto__": "x"}'))).toThrow('got "__proto__"');
});
