import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { createTally, tallyNumbers } from "../../../src/adapters/duckdb/bucketer.ts";
import { indexEdges } from "../../../src/adapters/duckdb/edge-index.ts";
import { countByComparing, tiedValues } from "../../core/profile/arbitraries.ts";
import { edgeSets } from "./edge-sets.ts";

test("counts each value into the cell that comparing it with every edge gives", () =>
  fc.assert(
    fc.property(edgeSets, fc.array(tiedValues, { maxLength: 80 }), (edges, values) => {
      const tally = createTally(1, 2 * edges.length + 1);
      const held = Float64Array.from(values);
      tallyNumbers(tally, indexEdges(edges), { values: held, validity: undefined, groups: undefined });
      expect(Float64Array.from(tally.cells)).toEqual(countByComparing(edges, values));
      const finite = values.filter(Number.isFinite);
      expect(tally.minimum[0]).toBe(Math.min(...finite) + 0);
      expect(tally.maximum[0]).toBe(Math.max(...finite) + 0);
      expect(tally.positiveInfinity[0]).toBe(values.filter((value) => value === Number.POSITIVE_INFINITY).length);
    }),
    { numRuns: 500 },
  ));

test("groups are told apart, nulls and NaN are missing", () => {
  const tally = createTally(2, 3);
  tallyNumbers(tally, indexEdges(Float64Array.of(1)), {
    values: Float64Array.of(0, 1, 2, Number.NaN, 9, 1),
    validity: Uint8Array.of(0b101111),
    groups: Int32Array.of(0, 0, 1, 1, 0, 1),
  });
  expect([...tally.cells]).toEqual([1, 1, 0, 0, 1, 1]);
  expect([...tally.missing]).toEqual([1, 1]);
});
