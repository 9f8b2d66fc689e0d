import { expect, test } from "@jest/globals";
import { compareRecord } from "../../../src/core/replay/compare-record.ts";

test("the same, to the bit: what is undefined is not there, and times are texts", () => {
  const recorded = JSON.parse(JSON.stringify({ a: [1, { b: 0.1 + 0.2 }], at: new Date(0) }));
  expect(compareRecord(recorded, { a: [1, { b: 0.1 + 0.2 }], at: new Date(0), c: undefined })).toEqual({
    same: "exactly",
    differences: [],
  });
});

test("last digits that are rounded differently are said to be", () => {
  expect(compareRecord({ a: 0.3 }, { a: 0.30000000000000004 })).toEqual({ same: "nearly", differences: [] });
});

test("each value that differs is told with its path", () => {
  const { same, differences } = compareRecord({ a: [{ x: 1 }], gone: true }, { a: [{ x: 2 }], fresh: "y" });
  expect(same).toBe("no");
  expect(differences).toEqual([
    { path: "a[0].x", recorded: 1, recomputed: 2 },
    { path: "gone", recorded: true, recomputed: undefined },
    { path: "fresh", recorded: undefined, recomputed: "y" },
  ]);
});

test("a list is no section, and a shorter list differs where it ends", () => {
  expect(compareRecord({ a: [1, 2] }, { a: [1] }).differences).toEqual([
    { path: "a[1]", recorded: 2, recomputed: undefined },
  ]);
  expect(compareRecord({ a: [] }, { a: {} }).same).toBe("no");
});
