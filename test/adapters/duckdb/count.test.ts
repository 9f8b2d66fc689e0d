import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { FeatureBins, FeatureCounts } from "../../../src/core/profile/bins.ts";
import { encodeCounts } from "../../../src/core/profile/counts-codec.ts";
import { mergeCounts } from "../../../src/core/profile/merge-counts.ts";
import type { CountGroup, DataFiles } from "../../../src/ports/count-engine.ts";
import { countByComparing } from "../../core/profile/arbitraries.ts";
import { mulberry32 } from "../../core/statistics/vectors.ts";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

let opened: TemporaryEngine;
beforeAll(async () => {
  opened = await openTemporaryEngine();
  await writeTable();
});
afterAll(() => opened.close());

interface Row {
  readonly number: number | null;
  readonly whole: number | null;
  readonly flag: boolean | null;
  readonly text: string | null;
  readonly city: string | null;
  readonly plan: string;
  readonly at: string;
}

const size = 5_000;
const rows: readonly Row[] = (() => {
  const next = mulberry32(7);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
  return Array.from({ length: size }, (_, i) => ({
    number: next() < 0.05 ? null : next() < 0.3 ? 0 : Math.round((next() - 0.5) * 4_000) / 8,
    whole: next() < 0.02 ? null : Math.floor(next() * 40),
    flag: next() < 0.1 ? null : next() < 0.5,
    text: pick([null, "1.5", " 2 ", "n/a", "", "-1e3", "true", "inf", "NaN"]),
    city: pick([null, "Köln", "Pa'ris", 'N"Y', "東京", "x,y", "7.0"]),
    plan: pick(["a", "b"]),
    at: new Date(Date.UTC(2024, 0, 1) + Math.floor((i * 50 * 3_600_000) / size)).toISOString(),
  }));
})();

const bins: readonly FeatureBins[] = [
  { kind: "numeric", name: "number", edges: Float64Array.of(-200, -100.125, 0, 50, 200), binEdges: [0, 2] },
  { kind: "numeric", name: "whole", edges: Float64Array.of(0, 3, 10, 39), binEdges: [1] },
  { kind: "numeric", name: "flag", edges: Float64Array.of(0, 1), binEdges: [0, 1] },
  { kind: "numeric", name: "text", edges: Float64Array.of(1.5, 2), binEdges: [0, 1] },
  { kind: "categorical", name: "city", categories: ["Köln", "Pa'ris", "7"] },
  { kind: "categorical", name: "flag", categories: ["true"] },
  { kind: "categorical", name: "whole", categories: ["0", "12"] },
  { kind: "numeric", name: "not there", edges: Float64Array.of(0), binEdges: [0] },
  { kind: "categorical", name: "not there", categories: [] },
];

async function writeTable(): Promise<void> {
  const { writeFile } = await import("node:fs/promises");
  await writeFile(
    opened.path("all.ndjson"),
    rows.map((row) => JSON.stringify({ ...row, timestamp: row.at })).join("\n"),
  );
  await opened.sql(
    `CREATE TABLE t AS SELECT number::DOUBLE AS number, whole::BIGINT AS whole, flag::BOOLEAN AS flag, "text", city, plan, timestamp::TIMESTAMPTZ AS timestamp
     FROM read_json('$DIR/all.ndjson', columns={number: 'VARCHAR', whole: 'VARCHAR', flag: 'VARCHAR', "text": 'VARCHAR', city: 'VARCHAR', plan: 'VARCHAR', timestamp: 'VARCHAR'})`,
  );
  await opened.sql("COPY t TO '$DIR/all.parquet' (FORMAT parquet)");
  await opened.sql("COPY t TO '$DIR/all.csv' (FORMAT csv, HEADER)");
  await opened.sql(
    "COPY (SELECT * FROM t ORDER BY md5(timestamp::VARCHAR)) TO '$DIR/shuffled.parquet' (FORMAT parquet, ROW_GROUP_SIZE 2048)",
  );
  await opened.sql("COPY (SELECT * FROM t LIMIT 1000) TO '$DIR/part-1.parquet' (FORMAT parquet)");
  // The second part has its columns in another order and of other types.
  await opened.sql(
    "COPY (SELECT city, whole::DECIMAL(10, 2) AS whole, number, timestamp::TIMESTAMP AS timestamp, flag, plan, \"text\" FROM t OFFSET 1000) TO '$DIR/part-2.parquet' (FORMAT parquet)",
  );
}

function files(format: DataFiles["format"], ...names: readonly string[]): DataFiles {
  return { format, paths: names.map((name) => opened.path(name)) };
}

function bytesOf(groups: readonly CountGroup[]): readonly unknown[] {
  return groups.map(({ hour, segment, counts }) => [
    hour?.toISOString(),
    segment,
    Buffer.from(encodeCounts(counts)).toString("hex"),
  ]);
}

describe("count in order", () => {
  test.each([
    ["parquet", "shuffled.parquet", 16],
    ["parquet", "all.parquet", 7],
    ["csv", "all.csv", 7],
  ] as const)("%s: %s in %d parts of consecutive rows", async (format, name, parts) => {
    const all = files(format, name);
    const counts = await opened.engine.countInOrder({ files: all, bins, parts });
    expect(counts.map((part) => part.rows)).toEqual(
      Array.from({ length: parts }, (_, i) => Math.ceil(((i + 1) * size) / parts) - Math.ceil((i * size) / parts)),
    );
    const [whole] = await opened.engine.count({ files: all, bins });
    expect(encodeCounts(mergeCounts(counts))).toEqual(encodeCounts(whole?.counts ?? { rows: 0, features: [] }));
    // The rows as they stand in the file, cut by hand.
    const stand = await opened.engine.rows({ files: all, columns: ["whole"], limit: size });
    for (const [part, { features }] of counts.entries()) {
      const own = stand.filter((_row, i) => Math.floor((i * parts) / size) === part).map((row) => row.whole ?? "");
      expect(features[1]?.missing).toBe(own.filter((value) => value === "").length);
      expect(features[1]?.cells[1]).toBe(own.filter((value) => String(value) === "0").length);
    }
  });

  test("fewer rows than parts, and no files", async () => {
    await opened.sql("COPY (SELECT * FROM t LIMIT 3) TO '$DIR/three.parquet' (FORMAT parquet)");
    const three = await opened.engine.countInOrder({ files: files("parquet", "three.parquet"), bins, parts: 8 });
    expect(three.map((part) => part.rows)).toEqual([1, 1, 1]);
    expect(await opened.engine.countInOrder({ files: files("parquet"), bins, parts: 8 })).toEqual([]);
  });
});

describe("count", () => {
  test("counts what comparing each value counts", async () => {
    const [group] = await opened.engine.count({ files: files("parquet", "all.parquet"), bins });
    const present = rows.map((row) => row.number).filter((value) => value !== null);
    expect(group?.counts.rows).toBe(size);
    expect(group?.counts.features[0]).toEqual({
      cells: countByComparing(Float64Array.of(-200, -100.125, 0, 50, 200), present),
      missing: size - present.length,
      invalid: 0,
      positiveInfinity: 0,
      negativeInfinity: 0,
      minimum: Math.min(...present),
      maximum: Math.max(...present),
    });
    const texts = (...values: readonly (string | null)[]): number =>
      rows.filter((row) => values.includes(row.text)).length;
    expect(group?.counts.features[3]).toEqual({
      cells: Float64Array.of(texts("-1e3", "true"), texts("1.5"), 0, texts(" 2 "), texts("inf")),
      missing: texts(null, "", "NaN"),
      invalid: texts("n/a"),
      positiveInfinity: texts("inf"),
      negativeInfinity: 0,
      minimum: -1_000,
      maximum: 2,
    });
    const cities = (...values: readonly (string | null)[]): number =>
      rows.filter((row) => values.includes(row.city)).length;
    expect(group?.counts.features[4]).toMatchObject({
      cells: Float64Array.of(cities("Köln"), cities("Pa'ris"), cities("7.0"), cities('N"Y', "東京", "x,y")),
      missing: cities(null),
    });
    expect(group?.counts.features[7]).toMatchObject({ cells: new Float64Array(3), missing: size });
    expect(group?.counts.features[8]).toMatchObject({ cells: new Float64Array(1), missing: size });
    for (const feature of group?.counts.features ?? []) expect(rowsOf(feature)).toBe(size);
  });

  test.each<[string, DataFiles["format"], readonly string[]]>([
    ["CSV", "csv", ["all.csv"]],
    ["NDJSON", "ndjson", ["all.ndjson"]],
    ["another order of rows", "parquet", ["shuffled.parquet"]],
    ["parts with other types and columns in other places", "parquet", ["part-1.parquet", "part-2.parquet"]],
    ["parts the other way round", "parquet", ["part-2.parquet", "part-1.parquet"]],
    ["a pattern", "parquet", ["part-*.parquet"]],
  ])("%s give the same counts, by hour and segment too", async (_, format, names) => {
    const request = { bins, byHour: true, segments: ["plan", "city"] };
    const expected = await opened.engine.count({ ...request, files: files("parquet", "all.parquet") });
    expect(expected.length).toBeGreaterThan(50 * 3);
    expect(bytesOf(await opened.engine.count({ ...request, files: files(format, ...names) }))).toEqual(
      bytesOf(expected),
    );
  });

  test("hours, and the segments of a column, add up to the whole", async () => {
    const all = files("parquet", "all.parquet");
    const [whole] = await opened.engine.count({ files: all, bins });
    const groups = await opened.engine.count({ files: all, bins, byHour: true, segments: ["plan", "city"] });
    const merged = (wanted: (segment: string) => boolean): string =>
      Buffer.from(
        encodeCounts(mergeCounts(groups.filter(({ segment }) => wanted(segment)).map(({ counts }) => counts))),
      ).toString("hex");
    const expected = Buffer.from(encodeCounts(whole?.counts ?? { rows: 0, features: [] })).toString("hex");
    expect(merged((segment) => segment === "")).toBe(expected);
    expect(merged((segment) => segment.startsWith("plan="))).toBe(expected);
    expect(merged((segment) => segment.startsWith("city="))).toBe(expected);
    expect(new Set(groups.map(({ segment }) => segment))).toEqual(
      new Set([
        "",
        "plan=a",
        "plan=b",
        "city=",
        "city=Köln",
        "city=Pa'ris",
        'city=N"Y',
        "city=東京",
        "city=x,y",
        "city=7",
      ]),
    );
    expect(groups[0]?.hour).toEqual(new Date("2024-01-01T00:00:00Z"));
    expect(groups.filter(({ segment }) => segment === "").map(({ hour }) => hour?.getTime())).toEqual(
      Array.from({ length: 50 }, (_, h) => Date.UTC(2024, 0, 1) + h * 3_600_000),
    );
  });

  test("takes the rows of the filter, end excluded", async () => {
    const [from, to] = [new Date("2024-01-01T03:00:00Z"), new Date("2024-01-01T04:00:00Z")];
    const expected = rows.filter(({ at }) => at >= from.toISOString() && at < to.toISOString()).length;
    for (const [format, name] of [
      ["parquet", "all.parquet"],
      ["csv", "all.csv"],
      ["ndjson", "all.ndjson"],
    ] as const) {
      const [group] = await opened.engine.count({ files: files(format, name), bins, filter: { from, to } });
      expect(group?.counts.rows).toBe(expected);
    }
  });

  test("no rows are zero counts, and no groups by hour", async () => {
    const filter = { from: new Date("2030-01-01T00:00:00Z") };
    for (const paths of [[], [opened.path("all.parquet")]]) {
      const request = { files: { format: "parquet", paths } as const, bins, filter };
      expect(await opened.engine.count({ ...request, byHour: true, segments: ["plan"] })).toEqual([]);
      const groups = await opened.engine.count({ ...request, ...(paths.length === 0 ? {} : { segments: ["plan"] }) });
      expect(groups.map(({ segment, counts }) => [segment, counts.rows, counts.features.length])).toEqual([
        ["", 0, bins.length],
      ]);
    }
  });

  test("moves what the log names in _invalid from missing to invalid", async () => {
    await opened.sql(
      `COPY (SELECT * FROM (VALUES (1.0, 'a', NULL), (NULL, NULL, '["n","c"]'), (NULL, 'b', NULL), (NULL, 'b', '["n","gone"]'))
       v(n, c, _invalid)) TO '$DIR/log.parquet' (FORMAT parquet)`,
    );
    const [group] = await opened.engine.count({
      files: files("parquet", "log.parquet"),
      bins: [
        { kind: "numeric", name: "n", edges: Float64Array.of(1), binEdges: [0] },
        { kind: "categorical", name: "c", categories: ["a"] },
      ],
    });
    expect(group?.counts.features).toMatchObject([
      { cells: Float64Array.of(0, 1, 0), missing: 1, invalid: 2 },
      { cells: Float64Array.of(1, 2), missing: 0, invalid: 1 },
    ]);
  });

  test("reads every numeric type as the nearest double", async () => {
    const types = ["TINYINT", "UBIGINT", "HUGEINT", "FLOAT", "DECIMAL(38, 4)", "DECIMAL(9, 4)", "DOUBLE", "VARCHAR"];
    const columns = types.map((type, i) => `v::${type} AS c${i}`).join(", ");
    await opened.sql(
      `COPY (SELECT ${columns} FROM (VALUES ('7'), ('100')) t(v)) TO '$DIR/types.parquet' (FORMAT parquet)`,
    );
    const [group] = await opened.engine.count({
      files: files("parquet", "types.parquet"),
      bins: types.map((_, i) => ({ kind: "numeric", name: `c${i}`, edges: Float64Array.of(7, 100), binEdges: [0, 1] })),
    });
    for (const feature of group?.counts.features ?? []) expect(feature.cells).toEqual(Float64Array.of(0, 1, 0, 1, 0));
    expect(group?.counts.features.length).toBe(types.length);
    // 2^53 + 1 is no double: the even neighbour is taken, whether it comes as an integer, a decimal or text.
    await opened.sql(
      `COPY (SELECT 9007199254740993::BIGINT AS b, '9007199254740993' AS t, 9007199254740993::DECIMAL(38, 9) AS d) TO '$DIR/huge.parquet' (FORMAT parquet)`,
    );
    const [huge] = await opened.engine.count({
      files: files("parquet", "huge.parquet"),
      bins: ["b", "t", "d"].map((name) => ({ kind: "numeric", name, edges: Float64Array.of(2 ** 53), binEdges: [0] })),
    });
    for (const feature of huge?.counts.features ?? []) expect(feature.cells).toEqual(Float64Array.of(0, 1, 0));
  });

  test("keeps names apart from SQL", async () => {
    const common = ["hour", "value", "n", "code", "text", "groups0", "row", "rows", "timestamp"];
    const names = [
      ...common,
      'a"; DROP TABLE t; --',
      "it's",
      "select",
      "#hour",
      "a b.c",
      "🦆",
      "{{x}}",
      "$y",
      "--",
      "/*",
    ];
    const columns = names.map((name, i) => `${i} AS "${name.replaceAll('"', '""')}"`).join(", ");
    await opened.sql(`COPY (SELECT ${columns}) TO '$DIR/names.parquet' (FORMAT parquet)`);
    await opened.sql(`COPY (SELECT ${columns}) TO '$DIR/names.csv' (FORMAT csv, HEADER)`);
    await opened.sql(`COPY (SELECT ${columns}) TO '$DIR/names.ndjson' (FORMAT json)`);
    for (const format of ["parquet", "csv", "ndjson"] as const) {
      const [group] = await opened.engine.count({
        files: files(format, `names.${format}`),
        bins: names.map((name, i) => ({ kind: "numeric", name, edges: Float64Array.of(i), binEdges: [0] })),
        segments: ["it's", "value", "hour"],
        byHour: true,
      });
      expect(group?.segment).toBe("");
      for (const feature of group?.counts.features ?? []) expect(feature.cells).toEqual(Float64Array.of(0, 1, 0));
    }
  });
});

function rowsOf({ cells, missing, invalid }: FeatureCounts): number {
  return cells.reduce((a, b) => a + b, 0) + missing + invalid;
}
