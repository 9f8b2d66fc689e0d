import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { seededRandom } from "../src/core/metrics/seeded-random.ts";
import * as driftward from "../src/index.ts";

type Row = Record<string, string | number>;

const folder = mkdtempSync(join(tmpdir(), "driftward-index-"));
const [baselineFile, liveFile] = [join(folder, "spring.csv"), join(folder, "autumn.csv")];
let [baseline, live]: [Row[], Row[]] = [[], []];

/** Hourly rows of the bike example, May and June against October and November of 2011, as files and as rows. */
beforeAll(() => {
  const text = readFileSync("examples/bike/predictions.csv", "utf8");
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const during = (months: RegExp) => [header, ...lines.filter((line) => months.test(line))].join("\n");
  const sides = [during(/,2011-0[56]-/), during(/,2011-1[01]-/)] as const;
  writeFileSync(baselineFile, sides[0]);
  writeFileSync(liveFile, sides[1]);
  const cast = (value: string): string | number =>
    value !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
  [baseline, live] = sides.map((side) => parse<Row>(side, { columns: true, cast })) as [Row[], Row[]];
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("rows in memory give what files with the same rows give", async () => {
  const [rows, files] = [
    driftward.compare(baseline, live),
    await driftward.compareFiles(baselineFile, liveFile, { exact: true, threads: 1 }),
  ];
  expect(rows.baselineRows).toBeGreaterThan(1_400);
  expect(rows.findings.length).toBeGreaterThan(15);
  expect(rows.findings.some(({ drifted }) => drifted)).toBe(true);
  expect(rows.findings.some(({ drifted }) => !drifted)).toBe(true);
  const whole = ({ findings, ...rest }: driftward.Comparison) => ({
    ...rest,
    findings: findings.map(({ statistic, lower, upper, pValue, pCorrected, ...finding }) => finding),
  });
  expect(whole(rows)).toEqual(whole(files));
  for (const [i, finding] of rows.findings.entries()) {
    const other = files.findings[i];
    for (const key of ["statistic", "lower", "upper", "pValue", "pCorrected"] as const)
      expect({ [finding.feature]: finding[key] ?? -1 }).toEqual({
        [finding.feature]: expect.closeTo(other?.[key] ?? -1, 12),
      });
  }
});

test("untidy rows too: nothing there, typos, mixed spellings, codes, times, whole and broken numbers", async () => {
  const random = seededRandom(7);
  const pick = <Value>(...values: Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const row = (shift: number) => ({
    amount: random() < 0.05 ? null : Math.round((random() + shift) * 1e4) / 1e3,
    typos: random() < 0.04 ? pick("n/a", "12", "") : Math.round(random() * 40) - 20,
    count: pick(0, 1, 2, 3, 3.5),
    flag: random() < 0.5 + shift,
    spelling: pick("a", "A", "True", "true", "3.0", "3", "", null),
    code: pick("01", "1", "2", random() < shift ? "new" : "old"),
    when: `2026-01-0${1 + Math.floor(random() * 9)}T00:00:00Z`,
    ...(random() < 0.5 ? { sparse: random() } : {}),
  });
  const sides = [Array.from({ length: 1_500 }, () => row(0)), Array.from({ length: 900 }, () => row(0.2))] as const;
  const files = sides.map((rows, i) => {
    const file = join(folder, `untidy-${i}.ndjson`);
    writeFileSync(file, rows.map((one) => JSON.stringify(one)).join("\n"));
    return file;
  });
  const options = { exact: true, threads: 1 };
  const [onFiles, inMemory] = [
    await driftward.compareFiles(files[0] ?? "", files[1] ?? "", options),
    driftward.compare(...sides),
  ];
  expect(inMemory.skipped).toEqual([{ column: "when", reason: "columns of type timestamp are not compared" }]);
  expect(inMemory.skipped).toEqual(onFiles.skipped);
  expect(inMemory.quality).toEqual(onFiles.quality);
  const shown = ({ findings }: driftward.Comparison) =>
    findings.map(({ feature, test: made, n, m, drifted, evidence }) => ({ feature, made, n, m, drifted, evidence }));
  expect(shown(inMemory)).toEqual(shown(onFiles));
});

test("without exact distances, files give the same verdict on every feature", async () => {
  const files = await driftward.compareFiles(baselineFile, liveFile, { features: ["temp", "weather"], threads: 1 });
  const rows = driftward.compare(baseline, live, { features: ["temp", "weather"] });
  expect(files.verdict).toBe(rows.verdict);
  expect(files.findings.map(({ drifted }) => drifted)).toEqual(rows.findings.map(({ drifted }) => drifted));
});

test("a comparison becomes the object that the command line prints", () => {
  const json = driftward.comparisonJson(driftward.compare(baseline, live, { features: ["temp"] }));
  expect(JSON.parse(JSON.stringify(json))).toMatchObject({
    schema: "driftward/check/v1",
    window: { rows: live.length },
    baseline: { rows: baseline.length },
    findings: [
      { feature: "temp", test: "psi", drifted: true },
      { feature: "temp", test: "ks", drifted: true },
    ],
    performance: {},
  });
});

describe("compareFiles refuses", () => {
  test.each<[string, string, driftward.CompareFilesOptions, string]>([
    ["a file of no known ending", "rows.xlsx", {}, "expected a file ending in"],
    ["an alarm rate of 2", "rows.csv", { alarmRate: 2 }, "expected an alarm rate between 0 and 1"],
  ])("%s", async (_, file, options, message) => {
    await expect(driftward.compareFiles(file, file, options)).rejects.toThrow(message);
  });

  test("a file that is not there, by its code", async () => {
    await expect(driftward.compareFiles(baselineFile, join(folder, "none.csv"))).rejects.toMatchObject({
      name: "DriftwardError",
      code: "InvalidData",
    });
  });
});

test("the statistics and metrics that the documentation names are there", () => {
  const page = readFileSync("docs/library.md", "utf8");
  const named = [...page.matchAll(/^\| `(\w+)/gm)].map((match) => match[1] ?? "");
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => typeof (driftward as Record<string, unknown>)[name] !== "function")).toEqual([]);
});

test("conventions of other tools, corrections, paired tests and performance without labels are within reach", () => {
  expect(driftward.equalWidthEdges([0, 5, 10], 4)).toEqual([2.5, 5, 7.5]);
  expect(driftward.benjaminiYekutieli([0.01, 0.02])[0]).toBeCloseTo(0.03, 12);
  expect(driftward.mcnemarTest(0, 5)).toBeCloseTo(2 / 32, 12);
  const [labels, scores] = [Uint8Array.of(0, 1, 0, 1), Float64Array.of(0.2, 0.4, 0.6, 0.8)];
  expect(driftward.delongTest(labels, scores, scores)).toMatchObject({ difference: 0, pValue: 1 });
  const knots = driftward.isotonicCalibration(scores, labels);
  const rows = { scores, predicted: Uint8Array.of(0, 0, 1, 1) };
  expect(driftward.expectPerformance("accuracy", rows, knots)).toMatchObject({ n: 4, value: expect.any(Number) });
});
