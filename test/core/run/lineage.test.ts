import { expect, test } from "@jest/globals";
import { championComparedWith } from "../../../src/core/run/lineage.ts";

test("a trained version knows the champion it was compared with, others do not", () => {
  expect(championComparedWith({ run: 3, champion: { name: "1", epoch: 4 } })).toEqual({ name: "1", epoch: 4 });
  expect(championComparedWith({ champion: { epoch: 0 } })).toEqual({ epoch: 0 });
  expect(championComparedWith({})).toBeUndefined();
});
