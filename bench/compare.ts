/*
 * One measured process of bench/check.ts: a comparison of files from a cold start, or DuckDB's bare scan of the same.
 *
 *   node dist/bench/compare.js scan LIVE | profile BASELINE PROFILE | live PROFILE LIVE | exact PROFILE BASELINE LIVE
 *     | both BASELINE LIVE
 */
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { compareFiles } from "../src/actions/compare-files.ts";
import { createDuckDbEngine } from "../src/adapters/duckdb/engine.ts";
import { compare, withExact } from "../src/core/drift/compare.ts";
import { comparisonEdges } from "../src/core/drift/comparison.ts";
import type { Finding } from "../src/core/drift/finding.ts";
import type { Counts, Profile } from "../src/core/profile/bins.ts";
import { decodeProfile, encodeProfile } from "../src/core/profile/profile-codec.ts";
import type { CountEngine, DataFiles } from "../src/ports/count-engine.ts";

const tests = { numeric: ["psi", "ks"], categorical: ["psi"] } as const;
const [alarmRate, floor] = [0.01, 0.05];

async function scan(path: string): Promise<void> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  const columns = (await connection.runAndReadAll(`DESCRIBE FROM '${path}'`)).getRows();
  const sums = columns.map(([name, type]) =>
    type === "VARCHAR" ? `sum(strlen("${String(name)}"))` : `sum("${String(name)}")`,
  );
  await connection.runAndReadAll(`SELECT ${sums.join(", ")} FROM '${path}'`);
  connection.closeSync();
}

function parquet(path: string): DataFiles {
  return { paths: [path], format: "parquet" };
}

async function makeProfile(engine: CountEngine, path: string): Promise<Profile> {
  const { columns } = await engine.describe(parquet(path));
  const features = columns.map(({ name, type }) => ({
    name,
    kind: type === "numeric" ? ("numeric" as const) : ("categorical" as const),
  }));
  return engine.profile({ files: parquet(path), features, edges: comparisonEdges });
}

/** PSI and KS of every feature with their limits and verdicts. */
function findAll(profile: Profile, counts: Counts): readonly Finding[] {
  const number = profile.bins.reduce((sum, { kind }) => sum + tests[kind].length, 0);
  return compare(profile, counts, { tests, alphaPerTest: alarmRate / number, floor, segment: "" });
}

async function compareLive(engine: CountEngine, profile: Profile, live: string): Promise<readonly Finding[]> {
  const [group] = await engine.count({ files: parquet(live), bins: profile.bins });
  if (group === undefined) throw new Error("expected counts");
  return findAll(profile, group.counts);
}

async function compareExactly(
  engine: CountEngine,
  profile: Profile,
  baseline: string,
  live: string,
): Promise<readonly Finding[]> {
  const sides = { baseline: parquet(baseline), live: parquet(live), features: [], edges: comparisonEdges };
  const { counts, distances } = await engine.compareSides({ ...sides, exact: true, profile });
  const distanceOf = new Map(profile.bins.map(({ name }, f) => [name, distances[f]]));
  return findAll(profile, counts).map((finding) => {
    const distance = finding.test === "ks" ? distanceOf.get(finding.feature) : undefined;
    return distance === undefined ? finding : withExact(finding, distance, floor);
  });
}

function tell(findings: readonly Finding[]): void {
  const ks = findings.filter(({ test }) => test === "ks");
  console.log(
    JSON.stringify({
      features: new Set(findings.map(({ feature }) => feature)).size,
      beyondLimit: findings.filter(({ statistic, limit }) => limit !== undefined && statistic >= limit).length,
      widest: Math.max(...ks.map(({ lower, upper }) => upper - lower)),
      distances: Object.fromEntries(ks.map(({ feature, statistic }) => [feature, statistic])),
    }),
  );
}

async function measure(engine: CountEngine, mode: string, paths: readonly string[]): Promise<void> {
  const [first = "", second = "", third = ""] = paths;
  if (mode === "profile") writeFileSync(second, encodeProfile(await makeProfile(engine, first)));
  else if (mode === "live") tell(await compareLive(engine, decodeProfile(readFileSync(first)), second));
  else if (mode === "exact") tell(await compareExactly(engine, decodeProfile(readFileSync(first)), second, third));
  else {
    const rules = { tests, alarmRate, floor, minRows: 30, exact: true };
    tell((await compareFiles(engine, { baseline: parquet(first), live: parquet(second), ...rules })).findings);
  }
}

const [mode = "", ...paths] = process.argv.slice(2);
if (mode === "scan") await scan(paths[0] ?? "");
else {
  const engine = createDuckDbEngine({
    allowedDirectories: paths.map((path) => dirname(path)),
    tempDirectory: `${tmpdir()}/driftward-bench-spill`,
  });
  await measure(engine, mode, paths);
  await engine.close();
}
