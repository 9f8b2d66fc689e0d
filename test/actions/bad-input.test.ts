import { readFileSync } from "node:fs";
import { stat, truncate, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { compareFiles } from "../../src/actions/compare-files.ts";
import type { Comparison } from "../../src/core/drift/comparison.ts";
import type { DataFiles } from "../../src/ports/count-engine.ts";
import { openTemporaryEngine, type TemporaryEngine } from "../adapters/duckdb/temporary-engine.ts";
import { distanceByTrying } from "../core/profile/arbitraries.ts";

/* Input that makes other tools answer NaN, throw from their depths or say nothing: a finding or an error that says what
   is wrong, never a number that is. */

/** NaN, infinities and -0 are texts here, an integer beyond 2^53 is { int }. */
type Value = number | string | boolean | null | { readonly int: string };

interface Case {
  readonly id: string;
  readonly baseline: readonly Value[];
  readonly current: readonly Value[];
  /** D as scipy has it, missing values left out; absent where it has none. */
  readonly distance?: number;
}

const catalogue: readonly Case[] = JSON.parse(readFileSync("test/fixtures/badinput/catalogue.json", "utf8"));
const byId = new Map(catalogue.map((one) => [one.id, one]));

let opened: TemporaryEngine;
beforeAll(async () => {
  opened = await openTemporaryEngine();
});
afterAll(() => opened.close());

function csvCell(value: Value): string {
  if (value === null) return "";
  if (typeof value === "object") return value.int;
  return typeof value === "string" ? `"${value}"` : String(value);
}

function jsonCell(value: Value): string {
  if (value === null || value === "NaN") return "null";
  if (typeof value === "object") return value.int;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value === "-0" ? "-0.0" : JSON.stringify(value);
}

async function write(side: string, format: "csv" | "ndjson", values: readonly Value[]): Promise<DataFiles> {
  const path = opened.path(`${side}.${format}`);
  const lines = values.map((value, i) =>
    format === "csv" ? `${i % 3},${csvCell(value)}` : `{"row":${i % 3},"f":${jsonCell(value)}}`,
  );
  await writeFile(path, `${[...(format === "csv" ? ["row,f"] : []), ...lines].join("\n")}\n`);
  return { paths: [path], format };
}

function compare(baseline: DataFiles, live: DataFiles, minRows = 1): Promise<Comparison> {
  const tests = { numeric: ["psi", "ks"], categorical: ["psi", "chi_square"] } as const;
  return compareFiles(opened.engine, {
    ...{ baseline, live, tests, minRows },
    ...{ alarmRate: 0.01, floor: 0.05, exact: true, features: ["f"] },
  });
}

const numberOf = (value: Value): number => Number(typeof value === "object" && value !== null ? value.int : value);

/** id, verdict, what is said of quality. */
const outcomes: readonly (readonly [id: string, verdict: string, quality: readonly string[]])[] = [
  ["all_null_current", "critical", ["critical vanished"]],
  ["all_null_baseline", "warning", ["notice appeared"]],
  ["half_null_current", "critical", ["critical missing rose"]],
  ["one_row_current", "ok", ["notice constant"]],
  ["one_row_each", "ok", ["notice out of range"]],
  ["constant_baseline", "warning", ["notice out of range"]],
  ["constant_both_same", "ok", []],
  ["constant_both_diff", "warning", ["notice out of range"]],
  ["strings_in_numeric", "critical", ["critical invalid"]],
  ["numeric_strings", "ok", []],
  ["mixed_types", "critical", ["critical missing rose", "critical invalid"]],
  ["booleans", "ok", []],
  ["huge_ints", "warning", ["notice imprecise", "notice out of range"]],
  ["huge_python_ints", "ok", ["notice imprecise"]],
  ["neg_zero", "warning", ["notice constant"]],
  ["subnormal", "ok", ["notice out of range"]],
  ["inf_in_current", "ok", ["notice infinite"]],
  ["ninf_in_current", "ok", ["notice infinite"]],
  ["inf_in_baseline", "ok", []],
  ["both_infs", "ok", ["notice infinite"]],
  ["max_double", "ok", ["notice imprecise"]],
  ["single_category", "ok", []],
  ["single_vs_other", "warning", []],
  ["unseen_category", "warning", []],
  ["vanished_category", "ok", []],
  ["all_null_cat", "critical", ["critical vanished"]],
  ["mixed_str_int", "ok", []],
  ["empty_strings", "ok", []],
  ["bool_vs_str", "ok", []],
  ["high_cardinality_unique", "ok", ["notice scattered"]],
];

/** Text that reads as numbers: in NDJSON a type of its own, in CSV everything is text. */
const retyped: ReadonlySet<string> = new Set(["numeric_strings", "mixed_str_int"]);

describe.each(["csv", "ndjson"] as const)("in %s", (format) => {
  test.each(outcomes)("%s: %s", async (id, verdict, quality) => {
    const types = format === "ndjson" && retyped.has(id) ? ["notice changed type"] : [];
    const { baseline, current } = byId.get(id) ?? { baseline: [], current: [] };
    const result = await compare(await write("before", format, baseline), await write("now", format, current));
    expect(result.verdict).toBe(verdict);
    expect(result.quality.map((finding) => `${finding.severity} ${finding.kind}`)).toEqual([...types, ...quality]);
    for (const { statistic, lower, upper } of result.findings) {
      expect(Number.isFinite(statistic)).toBe(true);
      expect([lower, upper]).toEqual([statistic, statistic]);
    }
    const ks = result.findings.find((finding) => finding.test === "ks");
    const present = [baseline, current].map((side) =>
      side
        .filter((value) => value !== null)
        .map(numberOf)
        .filter((value) => !Number.isNaN(value)),
    );
    if (ks !== undefined) expect(ks.statistic).toBeCloseTo(distanceByTrying(present[0] ?? [], present[1] ?? []), 12);
  });

  test("no rows on a side are inconclusive, or no records", async () => {
    const some = await write("some", format, [1, 2, 3]);
    const none = await write("none", format, []);
    for (const [baseline, live] of [
      [some, none],
      [none, some],
      [none, none],
    ] as const)
      if (format === "csv")
        expect(await compare(baseline, live)).toMatchObject({ verdict: "inconclusive", findings: [] });
      else
        await expect(compare(baseline, live)).rejects.toMatchObject({
          code: "InvalidData",
          hint: expect.stringMatching(/JSON object/),
        });
  });

  test("a baseline of infinities alone is told, and D is what it is", async () => {
    const endless = await write(
      "endless",
      format,
      Array.from({ length: 40 }, (_, i) => (i % 2 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)),
    );
    const { quality, findings } = await compare(endless, await write("now", format, [1, 2, 3]));
    expect(quality.map(({ kind, message }) => [kind, message])).toEqual([
      ["infinite", expect.stringMatching(/^f has no finite number in the baseline, in 40 rows an infinite one/)],
    ]);
    expect(findings.find(({ test }) => test === "ks")?.statistic).toBe(0.5);
  });

  test("decimal commas are told", async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => i % 7);
    const german = await write(
      "german",
      format,
      numbers.map((number) => `${number},5`),
    );
    const plain = await write("plain", format, numbers);
    const said = (side: string) =>
      expect.stringMatching(new RegExp(`^f has numbers with commas in ${side}, .* with a point`));
    const both = await compare(german, german);
    expect(both.quality).toEqual([expect.objectContaining({ message: said("the baseline and the live data") })]);
    const { quality, verdict } = await compare(plain, german);
    expect(verdict).toBe("critical");
    expect(quality.map(({ message }) => message)).toContainEqual(said("the live data"));
    const names = await write(
      "names",
      format,
      numbers.map((number) => `${number},5 kg`),
    );
    expect((await compare(names, names)).quality).toEqual([]);
  });

  test("timestamps are not compared", async () => {
    const { baseline, current } = byId.get("timestamps") ?? { baseline: [], current: [] };
    await expect(
      compare(await write("before", format, baseline), await write("now", format, current)),
    ).rejects.toMatchObject({
      code: "InvalidData",
      message: expect.stringMatching(/none to compare/),
      hint: expect.stringContaining("left out f: columns of type timestamp are not compared"),
    });
  });
});

test("every case of the catalogue is asked for, and D agrees with scipy where it reads the same numbers", async () => {
  const asked = new Set([...outcomes.map(([id]) => id), "timestamps"]);
  expect(catalogue.filter(({ id }) => !asked.has(id)).map(({ id }) => id)).toEqual([
    ...["empty_current", "empty_baseline", "both_empty", "empty_cat"],
  ]);
  // scipy compares these as texts, as booleans, or as times.
  const others = new Set(["strings_in_numeric", "numeric_strings", "booleans", "timestamps"]);
  for (const { id, baseline, current, distance } of catalogue) {
    if (distance === undefined || others.has(id)) continue;
    const result = await compare(await write("before", "csv", baseline), await write("now", "csv", current));
    expect([id, result.findings.find((finding) => finding.test === "ks")?.statistic]).toEqual([
      id,
      expect.closeTo(distance, 12),
    ]);
  }
});

describe("large and broken files, within bounded time", () => {
  const parquet = (name: string): DataFiles => ({ paths: [opened.path(name)], format: "parquet" });

  test("a million categories, none of them seen again", async () => {
    for (const [name, from] of [["many.parquet", 0] as const, ["other.parquet", 1_000_000] as const])
      await opened.sql(
        `COPY (SELECT 'id ' || (range + ${from}) AS f FROM range(1000000)) TO '$DIR/${name}' (FORMAT parquet)`,
      );
    expect(await compare(parquet("many.parquet"), parquet("many.parquet"))).toMatchObject({ verdict: "ok" });
    const { verdict, findings } = await compare(parquet("many.parquet"), parquet("other.parquet"));
    // Ids are "other" on both sides.
    expect(verdict).toBe("ok");
    expect(findings[0]?.moved).toBe(0);
  }, 60_000);

  test("ten thousand columns", async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `f${i}`);
    await writeFile(opened.path("wide.csv"), `${names.join(",")}\n${names.map((_, i) => i).join(",")}\n`);
    const wide: DataFiles = { paths: [opened.path("wide.csv")], format: "csv" };
    await expect(compare(wide, wide)).rejects.toMatchObject({
      code: "InvalidData",
      message: expect.stringMatching(/at most 5000 columns in .*wide\.csv, got 10000/),
    });
  });

  test("a small Parquet file that claims 300 million rows", async () => {
    await opened.sql("COPY (SELECT 1::TINYINT AS f FROM range(300000000)) TO '$DIR/claims.parquet' (FORMAT parquet)");
    expect((await stat(opened.path("claims.parquet"))).size).toBeLessThan(2_000_000);
    await expect(compare(parquet("claims.parquet"), parquet("claims.parquet"))).rejects.toMatchObject({
      code: "InvalidData",
      message: expect.stringMatching(/at most 200000000 rows, got 300000000 in .*claims\.parquet/),
    });
  }, 60_000);

  test("a truncated file", async () => {
    await opened.sql("COPY (SELECT random() AS f FROM range(10000)) TO '$DIR/whole.parquet' (FORMAT parquet)");
    await opened.sql("COPY (FROM '$DIR/whole.parquet') TO '$DIR/cut.parquet' (FORMAT parquet)");
    await truncate(opened.path("cut.parquet"), 20_000);
    await expect(compare(parquet("whole.parquet"), parquet("cut.parquet"))).rejects.toMatchObject({
      code: "InvalidData",
      message: expect.stringMatching(/cut\.parquet/),
    });
  });
});
