import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { binCounts } from "../../../src/core/profile/bin-counts.ts";
import type { FeatureBins } from "../../../src/core/profile/bins.ts";
import type { DataFiles } from "../../../src/ports/count-engine.ts";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

let opened: TemporaryEngine;
let files: Readonly<Record<DataFiles["format"], DataFiles>>;

const size = 40_000;
const city = { kind: "categorical", name: "city", categories: ["Köln", "7", "true"] } as const;
const bins: readonly FeatureBins[] = [
  { kind: "numeric", name: "amount", edges: Float64Array.of(-50, 0, 10, 80), binEdges: [0, 2] },
  { kind: "numeric", name: "few", edges: Float64Array.of(0, 1, 2), binEdges: [0, 1, 2] },
  city,
  { kind: "categorical", name: "not there", categories: ["a"] },
];

beforeAll(async () => {
  opened = await openTemporaryEngine();
  const table = `SELECT CASE WHEN i % 17 = 0 THEN NULL ELSE (i * 37 % 301) - 150.5 END AS amount, i % 4 AS few,
    CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN 'Köln' WHEN 2 THEN '7.0' WHEN 3 THEN 'TRUE' WHEN 4 THEN 'x''y' WHEN 5 THEN 'x''y' ELSE 'new' END AS city,
    TIMESTAMP '2026-03-01' + INTERVAL (i) SECOND AS "timestamp" FROM range(${size}) t(i)`;
  await opened.sql(`COPY (${table}) TO '$DIR/t.parquet' (FORMAT parquet, ROW_GROUP_SIZE 4096)`);
  await opened.sql(`COPY (${table}) TO '$DIR/t.csv' (FORMAT csv)`);
  await opened.sql(`COPY (${table}) TO '$DIR/t.ndjson' (FORMAT json)`);
  const of = (format: DataFiles["format"]): DataFiles => ({ format, paths: [opened.path(`t.${format}`)] });
  files = { parquet: of("parquet"), csv: of("csv"), ndjson: of("ndjson") };
});
afterAll(() => opened.close());

describe.each(["parquet", "csv", "ndjson"] as const)("%s", (format) => {
  test("codes are the bins that rows are counted in", async () => {
    const all = await opened.engine.sample({ files: files[format], bins, rows: size });
    const [counted] = await opened.engine.count({ files: files[format], bins });
    expect(all.rows).toBe(size);
    for (const [f, feature] of bins.entries()) {
      const expected = [...binCounts(feature, counted?.counts.features[f] as never)];
      const found = expected.map(() => 0);
      for (const code of all.codes[f] ?? []) found[code] = (found[code] ?? 0) + 1;
      expect(found).toEqual(expected);
    }
    expect(all.times?.[90]).toBe(Date.UTC(2026, 2, 1, 0, 1, 30));
  });

  test("a part of the rows: about as many as asked for, from everywhere, the same ones every time", async () => {
    const request = { files: files[format], bins, rows: 2_000 };
    const [once, again] = [await opened.engine.sample(request), await opened.engine.sample(request)];
    expect(once).toEqual(again);
    expect(Math.abs(once.rows - 2_000)).toBeLessThan(20);
    const start = Date.UTC(2026, 2, 1);
    for (let part = 0; part < 10; part += 1) {
      const inPart = once.times?.filter((time) => Math.floor(((time - start) / 1_000 / size) * 10) === part).length;
      expect(Math.abs((inPart ?? 0) - 200)).toBeLessThan(10);
    }
  });

  test("values that the baseline has not", async () => {
    const found = await opened.engine.unseenValues({ files: files[format], bins: city, limit: 5 });
    const rows = (rest: number) => Math.floor((size - 1 - rest) / 7) + 1;
    expect(found).toEqual([
      { value: "x'y", rows: rows(4) + rows(5) },
      { value: "new", rows: rows(6) },
    ]);
    expect(await opened.engine.unseenValues({ files: files[format], bins: city, limit: 1 })).toHaveLength(1);
    expect(
      await opened.engine.unseenValues({ files: files[format], bins: { ...city, name: "gone" }, limit: 5 }),
    ).toEqual([]);
  });
});

test("only the rows of a filter, and none without files", async () => {
  const filter = { from: new Date("2026-03-01T01:00:00Z"), to: new Date("2026-03-01T02:00:00Z") };
  const hour = await opened.engine.sample({ files: files.parquet, bins, rows: size, filter });
  expect(hour.rows).toBe(3_600);
  const none = { paths: [], format: "parquet" } as const;
  expect((await opened.engine.sample({ files: none, bins, rows: 10 })).rows).toBe(0);
  expect(await opened.engine.unseenValues({ files: none, bins: city, limit: 5 })).toEqual([]);
});
