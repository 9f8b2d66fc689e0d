import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { gatherFile } from "./gather.ts";

let folder: string;
let instance: DuckDBInstance;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dw-parquet-"));
  instance = await DuckDBInstance.create(":memory:");
});
afterAll(() => {
  instance.closeSync();
  rmSync(folder, { recursive: true });
});

/** A Parquet file as DuckDB writes it. */
async function parquet(select: string, options = ""): Promise<Uint8Array> {
  const path = join(folder, "made.parquet");
  const connection = await instance.connect();
  await connection.run(`copy (${select}) to '${path}' (format parquet ${options})`);
  connection.closeSync();
  return new Uint8Array(readFileSync(path));
}

test("types come as they are", async () => {
  const bytes = await parquet(`select 1::bigint as "big", 1.5::double as d, 2::int as i, true as b, 'x' as s,
    timestamp '2026-01-31 08:00:00.123456' as t, timestamptz '2026-01-31 08:00:00+02' as z, date '2026-01-31' as day,
    null::double as missing, 'NaN'::double as nan, 12.34::decimal(10, 2) as dec, [1, 2] as list, {'k': 1} as struct`);
  const { columns, rows } = await gatherFile("x.parquet", bytes);
  const row = Object.fromEntries(columns.map((name, index) => [name, rows[0]?.[index]]));
  expect(row).toMatchObject({ big: 1n, d: 1.5, i: 2, b: true, s: "x", dec: 12.34, nan: Number.NaN });
  expect(row.missing ?? undefined).toBeUndefined();
  expect(row.t).toEqual(new Date("2026-01-31T08:00:00.123Z"));
  expect(row.z).toEqual(new Date("2026-01-31T06:00:00Z"));
  expect(row.day).toEqual(new Date("2026-01-31T00:00:00Z"));
  expect(typeof row.list).toBe("object");
  expect(typeof row.struct).toBe("object");
});

test("decimals of every width are the nearest doubles, and whole ones keep every digit", async () => {
  const values = ["0.57", "-0.57", "1.10", "99999.99", "0.00"];
  const widths = [9, 18, 38].map((width) => `v::decimal(${width}, 2)`);
  const list = values.map((value) => `('${value}')`).join(", ");
  const made = await parquet(`select ${widths.join(", ")} from (values ${list}) t(v)`);
  expect((await gatherFile("x.parquet", made)).rows).toEqual(values.map((value) => widths.map(() => Number(value))));
  const long = await parquet(`select '12345678901234567890123456.789012'::decimal(38, 6) as a,
    '-12345678901234567890123456789012345678'::decimal(38, 0) as b, 123::decimal(5, 0) as c, null::decimal(38, 6) as d,
    {'k': 0.57::decimal(38, 2)} as nested, 0.57::decimal(38, 2) as after`);
  const [row] = (await gatherFile("x.parquet", long)).rows;
  expect(row?.slice(0, 3)).toEqual([
    Number("12345678901234567890123456.789012"),
    -12_345_678_901_234_567_890_123_456_789_012_345_678n,
    123,
  ]);
  expect(row?.[3] ?? undefined).toBeUndefined();
  expect(row?.[5]).toBe(0.57);
});

test.each(["zstd", "snappy", "gzip", "brotli", "lz4_raw", "uncompressed"])("compressed with %s", async (codec) => {
  const bytes = await parquet("select i as a, 'v' || (i % 7) as b from range(3000) t(i)", `, compression ${codec}`);
  const { rows } = await gatherFile("x.parquet", bytes);
  expect(rows).toHaveLength(3_000);
  expect(rows[2_999]).toEqual([2_999n, `v${2_999 % 7}`]);
});

test("rows count through all row groups", async () => {
  const bytes = await parquet("select i as a from range(10000) t(i)", ", row_group_size 2048");
  const { rows, lines, batches } = await gatherFile("x.parquet", bytes, { size: 1_000 });
  expect(rows.map(([a]) => Number(a))).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  expect(lines).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1));
  expect(batches).toBeGreaterThanOrEqual(10);
});

test("a file without rows still names its columns", async () => {
  const bytes = await parquet("select 1 as a, 'x' as b limit 0");
  expect(await gatherFile("x.parquet", bytes)).toMatchObject({ columns: ["a", "b"], rows: [] });
});

describe("files that are not what they say", () => {
  test("cut off anywhere", async () => {
    const bytes = await parquet("select i as a, random() as b from range(5000) t(i)");
    for (const share of [0.01, 0.3, 0.7, 0.99])
      await expect(gatherFile("x.parquet", bytes.slice(0, Math.floor(bytes.length * share)))).rejects.toMatchObject({
        code: "InvalidData",
        message: expect.stringMatching(/no readable Parquet file/),
      });
  });

  test("damaged in the middle: an error or an answer, never another kind of failure", async () => {
    const bytes = await parquet("select i as a, 'v' || (i % 5) as b from range(5000) t(i)");
    for (let at = 4; at < bytes.length; at += Math.ceil(bytes.length / 60)) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x5a;
      const outcome = await gatherFile("x.parquet", damaged).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "InvalidData" });
    }
  });

  test("text", async () => {
    await expect(gatherFile("x.parquet", "a,b\n1,2\n")).rejects.toMatchObject({ code: "InvalidData" });
  });

  test("a small file that claims very many rows", async () => {
    const bytes = await parquet("select 1 as a from range(5000000)", ", row_group_size 5000000");
    expect(bytes.length).toBeLessThan(100_000);
    await expect(gatherFile("x.parquet", bytes)).rejects.toMatchObject({
      code: "InvalidData",
      message: expect.stringContaining("row groups of at most 4000000 rows"),
    });
  });
});
