import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { newLines } from "../../../src/cli/commands/runs.ts";

test.each<[string[], string[], string[]]>([
  [[], ["a"], ["a"]],
  [["a", "b"], ["a", "b"], []],
  [["a", "b"], ["a", "b", "c"], ["c"]],
  [["a", "b", "c"], ["b", "c", "d"], ["d"]],
  [["a"], ["x", "y"], ["x", "y"]],
  [["a", "b"], [], []],
])("after %j, %j has %j that is new", (before, now, expected) => expect(newLines(before, now)).toEqual(expected));

test("of a log whose lines all differ, each is told once, however many come between two looks", () => {
  const shown = 20;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: shown - 1 }), { maxLength: 30 }), (arrivals) => {
      const told: string[] = [];
      const log: string[] = [];
      let before: readonly string[] = [];
      for (const count of arrivals) {
        for (let i = 0; i < count; i += 1) log.push(`line ${log.length}`);
        const now = log.slice(-shown);
        told.push(...newLines(before, now));
        before = now;
      }
      expect(told).toEqual(log);
    }),
  );
});
