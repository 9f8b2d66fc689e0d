import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { aroundRange } from "../../../src/adapters/duckdb/around-range.ts";
import { createTally, tallyNumbers } from "../../../src/adapters/duckdb/bucketer.ts";
import { indexEdges } from "../../../src/adapters/duckdb/edge-index.ts";
import { bytesOfCells, openWorkspace, type Workspace } from "../../../src/adapters/duckdb/workspace.ts";
import { countByComparing, tiedValues } from "../../core/profile/arbitraries.ts";
import { mulberry32 } from "../../core/statistics/vectors.ts";
import { edgeSets } from "./edge-sets.ts";

function hold(workspace: Workspace, values: ArrayLike<number>): Float64Array {
  const held = workspace.doubles(values.length);
  held.set(values);
  return held;
}

function bytes(values: Float64Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

test("the compiled loops are those of scripts/kernels.ts", () => {
  const compiled = execFileSync(process.execPath, ["scripts/build-kernels.mjs", "--print"], { encoding: "utf8" });
  expect(readFileSync("src/adapters/duckdb/kernels-binary.ts", "utf8")).toBe(compiled);
});

test("counts each value into the cell that the plain loop and comparing it with every edge give", () =>
  fc.assert(
    fc.property(edgeSets, fc.array(tiedValues, { maxLength: 80 }), (edges, values) => {
      const workspace = openWorkspace(8 * 100 + bytesOfCells(edges.length));
      const held = workspace.createCells(edges);
      // In two parts: what is counted adds up.
      held.add(hold(workspace, values.slice(0, 30)));
      held.add(hold(workspace, values.slice(30)));
      const tally = createTally(1, 2 * edges.length + 1);
      const plain = { values: Float64Array.from(values), validity: undefined, groups: undefined };
      tallyNumbers(tally, indexEdges(edges), plain);
      expect(held.cells).toEqual(tally.cells);
      expect(Float64Array.from(held.cells)).toEqual(countByComparing(edges, values));
      const { minimum, maximum, positiveInfinity, negativeInfinity } = tally;
      const expected = [minimum[0], maximum[0], positiveInfinity[0], negativeInfinity[0]];
      expect(Array.from(held.extremes, (value) => value + 0)).toEqual(expected);
    }),
    { numRuns: 500 },
  ));

test("counts over more edges than a grid of 16 bits can number", () => {
  const next = mulberry32(3);
  const edges = Float64Array.from(new Set(Float64Array.from({ length: 90_000 }, () => Math.floor(next() ** 3 * 1e6))));
  const values = Float64Array.from({ length: 50_000 }, () => next() ** 3 * 1e6 - 10).map((x, i) => edges[3 * i] ?? x);
  edges.sort();
  const workspace = openWorkspace(8 * values.length + bytesOfCells(edges.length));
  const held = workspace.createCells(edges);
  held.add(hold(workspace, values));
  const tally = createTally(1, 2 * edges.length + 1);
  tallyNumbers(tally, indexEdges(edges), { values, validity: undefined, groups: undefined });
  expect(edges.length).toBeGreaterThan(70_000);
  expect(held.cells).toEqual(tally.cells);
});

test("keeps what is neither null nor NaN, and what lies around a range, in order", () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.oneof(tiedValues, fc.constant(Number.NaN)), fc.boolean())), (rows) => {
      const workspace = openWorkspace(8 * 3 * rows.length);
      const values = Float64Array.from(rows, ([value]) => value);
      const validity = new Uint8Array(Math.ceil(rows.length / 8));
      for (const [i, [, there]] of rows.entries())
        if (there) validity[i >> 3] = (validity[i >> 3] ?? 0) | (1 << (i & 7));
      const kept = workspace.doubles(rows.length);
      const nullable = kept.slice(0, workspace.keepPresent(kept, values, validity));
      expect([...nullable]).toEqual(rows.flatMap(([value, there]) => (there && !Number.isNaN(value) ? value : [])));
      const count = workspace.keepPresent(kept, values, undefined);
      const all = rows.flatMap(([value]) => (Number.isNaN(value) ? [] : value));
      expect([...kept.subarray(0, count)]).toEqual(all);
      const around = workspace.doubles(rows.length);
      const inside = workspace.keepAround(around, kept.subarray(0, count), aroundRange(-2, 1));
      expect([...around.subarray(0, inside)]).toEqual(all.filter((value) => value >= -2 && value <= 1));
      expect(workspace.keepAround(around, kept.slice(0, count), aroundRange(-2, 1))).toBe(inside);
    }),
    { numRuns: 300 },
  ));

const next = mulberry32(5);
const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);

/** A double of any bits but NaN. */
function anyDouble(): number {
  do {
    words[0] = next() * 2 ** 32;
    words[1] = next() * 2 ** 32;
  } while (Number.isNaN(bits[0]));
  return bits[0] ?? 0;
}

test.each<[string, number, () => number]>([
  ["nothing", 0, () => 0],
  ["any bits", 20_000, anyDouble],
  ["any bits, few", 300, anyDouble],
  ["whole numbers", 20_000, () => Math.floor(next() * 100) - 50],
  [
    "zeros of both signs and infinities",
    20_000,
    () => [0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][Math.floor(next() * 6)] ?? 0,
  ],
  ["one value", 6_000, () => 3],
  ["numbers of like size", 20_000, () => 1 + next() / 1_000],
  ["numbers that share the high half of their bits", 20_000, () => -3 - next() / 1e7],
  ["numbers that share the high half, of both signs", 20_000, () => (next() < 0.5 ? -3 : 3) * (1 + next() / 1e7)],
  ["1,025 distinct numbers", 20_000, () => Math.floor(next() * 1_025) / 7],
])("sorts %s as sort() does, and nothing beside", (_, length, draw) => {
  const values = Float64Array.from({ length }, draw);
  const workspace = openWorkspace(8 * (2 * length + 4));
  const whole = workspace.doubles(length + 2).fill(0.5);
  const held = whole.subarray(1, length + 1);
  held.set(values);
  expect(workspace.sort(held, workspace.doubles(length))).toBe(held);
  // Bytes, so that -0 and 0 are told apart.
  expect(bytes(held).equals(bytes(values.sort()))).toBe(true);
  expect([whole[0], whole[length + 1]]).toEqual([0.5, 0.5]);
});

test("what is lent is free again, and what has no room is refused", async () => {
  const workspace = openWorkspace(8 * 10_000);
  const place = await workspace.lend(async () => workspace.doubles(10_000).byteOffset);
  await expect(workspace.lend(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(workspace.doubles(10_000).byteOffset).toBe(place);
  expect(() => workspace.doubles(10_000)).toThrow("expected at most 80000 bytes of numbers, got more");
});
