import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { fitNumericBins } from "../../../src/core/profile/fit-numeric-bins.ts";
import { encodeProfile } from "../../../src/core/profile/profile-codec.ts";
import { mulberry32 } from "../../core/statistics/vectors.ts";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

let opened: TemporaryEngine;
const values: number[] = [];
beforeAll(async () => {
  opened = await openTemporaryEngine();
  const next = mulberry32(3);
  for (let i = 0; i < 3_000; i += 1) values.push(i % 3 === 0 ? 0 : Math.round((1 / (1 - next())) * 1_000) / 1_000);
  const lines = values.map((value, i) =>
    JSON.stringify({
      v: i % 50 === 1 ? null : value,
      few: i % 4,
      c: i % 7 === 0 ? `rare ${i}` : `c${i % 3}`,
      timestamp: new Date(i * 1_000).toISOString(),
    }),
  );
  await writeFile(opened.path("t.ndjson"), lines.join("\n"));
  await opened.sql(
    "COPY (FROM read_json('$DIR/t.ndjson', columns={v: 'DOUBLE', few: 'INTEGER', c: 'VARCHAR', timestamp: 'TIMESTAMP'})) TO '$DIR/t.parquet' (FORMAT parquet)",
  );
  await opened.sql(
    "COPY (FROM '$DIR/t.parquet' ORDER BY md5(timestamp::VARCHAR)) TO '$DIR/t.csv' (FORMAT csv, HEADER)",
  );
});
afterAll(() => opened.close());

const features = [
  { name: "v", kind: "numeric" },
  { name: "few", kind: "numeric" },
  { name: "c", kind: "categorical" },
  { name: "few", kind: "categorical" },
] as const;

describe("profile", () => {
  test("fits edges on the values and counts them", async () => {
    const profile = await opened.engine.profile({
      files: { paths: [opened.path("t.parquet")], format: "parquet" },
      features,
      edges: 20,
    });
    const present = values.filter((_, i) => i % 50 !== 1);
    expect(profile.bins[0]).toEqual(fitNumericBins("v", Float64Array.from(present).sort(), 20));
    expect(profile.bins[1]).toMatchObject({ edges: Float64Array.of(0, 1, 2, 3), binEdges: [0, 1, 2, 3] });
    expect(profile.bins[2]).toMatchObject({ categories: ["c0", "c1", "c2"] });
    expect(profile.bins[3]).toEqual({ kind: "categorical", name: "few", categories: ["0", "1", "2", "3"] });
    expect(profile.counts.rows).toBe(3_000);
    expect(profile.counts.features[0]).toMatchObject({
      missing: 60,
      minimum: Math.min(...present),
      maximum: Math.max(...present),
    });
    expect(profile.counts.features[1]?.cells).toEqual(Float64Array.of(0, 750, 0, 750, 0, 750, 0, 750, 0));
    expect(profile.counts.features[2]?.cells.at(-1)).toBe(Math.ceil(3_000 / 7));
  });

  test("is the same in every format and order of rows", async () => {
    const profiles = await Promise.all(
      (["parquet", "csv", "ndjson"] as const).map((format) =>
        opened.engine.profile({
          files: { paths: [opened.path(`t.${format}`)], format },
          features: features.slice(0, 3),
        }),
      ),
    );
    const [first, ...others] = profiles.map((profile) => Buffer.from(encodeProfile(profile)).toString("hex"));
    expect(others).toEqual([first, first]);
  });

  test("takes only the rows of the filter", async () => {
    const profile = await opened.engine.profile({
      files: { paths: [opened.path("t.csv")], format: "csv" },
      features: [{ name: "few", kind: "numeric" }],
      filter: { from: new Date(1_000_000), to: new Date(1_004_000) },
    });
    expect(profile.counts.rows).toBe(4);
  });

  test("profiles a column without any value", async () => {
    await opened.sql(
      "COPY (SELECT NULL::DOUBLE AS n, NULL::VARCHAR AS c, 'NaN'::DOUBLE AS nan FROM range(5)) TO '$DIR/empty.parquet' (FORMAT parquet)",
    );
    const profile = await opened.engine.profile({
      files: { paths: [opened.path("empty.parquet")], format: "parquet" },
      features: [
        { name: "n", kind: "numeric" },
        { name: "c", kind: "categorical" },
        { name: "nan", kind: "categorical" },
      ],
    });
    expect(profile.bins).toMatchObject([
      { edges: new Float64Array(), binEdges: [] },
      { categories: [] },
      { categories: [] },
    ]);
    expect(profile.counts.features.map(({ missing }) => missing)).toEqual([5, 5, 5]);
  });

  test("refuses a column that is not there, naming those that are", async () => {
    for (const format of ["parquet", "csv", "ndjson"] as const)
      await expect(
        opened.engine.profile({
          files: { paths: [opened.path(`t.${format}`)], format },
          features: [{ name: "V", kind: "numeric" }],
        }),
      ).rejects.toMatchObject({ code: "InvalidData", message: expect.stringMatching(/"V".*v, few, c, timestamp/) });
  });
});
