import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { compareTables } from "../../../src/core/drift/compare-tables.ts";
import { profile as profileTable } from "../../../src/core/table/profile-table.ts";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

/* Whole numbers beyond 2^53 and decimals: the same text is the same double in every format and type, and so is all that follows. */

const formats = ["ndjson", "csv", "parquet"] as const;
let opened: TemporaryEngine;

/** Halfway between two doubles, beside it, and far apart; deterministic. */
const wholes = (count: number, more: bigint) =>
  Array.from({ length: count }, (_, n) => {
    const shift = BigInt(1 + (n % 9));
    return ((1n << 52n) + BigInt(n * 7_919)) * (1n << shift) + (1n << (shift - 1n)) + BigInt((n % 3) - 1) + more;
  });
const wide = (count: number, more: bigint) => wholes(count, more).map((value) => value * 1_000_000_000_007n + 3n);
const places = (values: readonly bigint[]) => values.map((value) => String(value).replace(/(\d{4})$/, ".$1"));

const cases: readonly {
  readonly type: string;
  readonly baseline: readonly string[];
  readonly live: readonly string[];
}[] = [
  { type: "BIGINT", baseline: wholes(400, 0n).map(String), live: wholes(200, 1n << 50n).map(String) },
  { type: "UBIGINT", baseline: wholes(400, 1n << 63n).map(String), live: wholes(200, (1n << 63n) + 9n).map(String) },
  { type: "HUGEINT", baseline: wide(400, 0n).map(String), live: wide(200, 1n << 50n).map(String) },
  { type: "DECIMAL(38,0)", baseline: wide(400, 0n).map(String), live: wide(200, 1n << 50n).map(String) },
  { type: "DECIMAL(38,4)", baseline: places(wide(400, 0n)), live: places(wide(200, 1n << 50n)) },
  {
    type: "DECIMAL(9,2)",
    baseline: Array.from({ length: 400 }, (_, n) => (n / 100).toFixed(2)),
    live: Array.from({ length: 200 }, (_, n) => (n / 50).toFixed(2)),
  },
];

async function write(name: string, type: string, values: readonly string[]): Promise<void> {
  await writeFile(opened.path(`${name}.csv`), `x\n${values.join("\n")}\n`);
  await writeFile(opened.path(`${name}.ndjson`), values.map((value) => `{"x":${value}}\n`).join(""));
  // DuckDB writes integers of 128 bits to Parquet as doubles, rounded twice: decimals stand for them there.
  const held = type === "HUGEINT" ? "DECIMAL(38,0)" : type;
  const list = values.map((value) => `('${value}')`).join(",");
  await opened.sql(
    `COPY (SELECT v::${held} AS x FROM (VALUES ${list}) t(v)) TO '$DIR/${name}.parquet' (FORMAT parquet)`,
  );
}

beforeAll(async () => {
  opened = await openTemporaryEngine();
});
afterAll(() => opened.close());

describe.each(cases)("$type", ({ type, baseline, live }) => {
  const numbers = { baseline: baseline.map(Number), live: live.map(Number) };
  const names = [`${type}-baseline`, `${type}-live`] as const;
  beforeAll(async () => {
    await write(names[0], type, baseline);
    await write(names[1], type, live);
  });

  test.each(formats)(
    "edges, counts and distance from %s are those of the nearest doubles in memory",
    async (format) => {
      const files = (name: string) => ({ paths: [opened.path(`${name}.${format}`)], format });
      const sides = await opened.engine.compareSides({
        ...{ baseline: files(names[0]), live: files(names[1]), edges: 1_024, exact: true },
        features: [{ name: "x", kind: "numeric" }],
      });
      const expected = profileTable({ x: numbers.baseline });
      expect(sides.profile).toEqual(expected);
      const [ks] = compareTables(
        { x: numbers.baseline },
        { x: numbers.live },
        { minRows: 1, tests: { numeric: ["ks"], categorical: ["psi"] } },
      ).findings;
      expect(sides.distances[0]).toBeCloseTo(ks?.statistic ?? -1, 12);
      const counted = await opened.engine.count({ files: files(names[1]), bins: expected.bins });
      const total = counted[0]?.counts.features[0]?.cells.reduce((sum, cell) => sum + cell, 0);
      expect(total).toBe(live.length);
      expect(counted[0]?.counts).toEqual(sides.counts);
      const again = await opened.engine.exactKolmogorovSmirnov({
        ...{ baseline: files(names[0]), live: files(names[1]), feature: "x" },
      });
      expect(again.statistic).toBeCloseTo(ks?.statistic ?? -1, 12);
    },
  );
});
