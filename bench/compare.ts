/*
 * One measured process of bench/check.ts: a comparison of files from a cold start, or DuckDB's bare scan of the same.
 *
 *   node dist/bench/compare.js scan LIVE | profile BASELINE PROFILE | live PROFILE LIVE | both BASELINE LIVE
 */
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createDuckDbEngine } from "../src/adapters/duckdb/engine.ts";
import { binCounts } from "../src/core/profile/bin-counts.ts";
import type { Profile } from "../src/core/profile/bins.ts";
import { featureKsBounds } from "../src/core/profile/feature-ks-bounds.ts";
import { decodeProfile, encodeProfile } from "../src/core/profile/profile-codec.ts";
import { psiFromCounts } from "../src/core/statistics/psi-from-counts.ts";
import type { CountEngine } from "../src/ports/count-engine.ts";

const [mode = "", first = "", second = ""] = process.argv.slice(2);

async function scan(path: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  const columns = (await connection.runAndReadAll(`DESCRIBE FROM '${path}'`)).getRows();
  const sums = columns.map(([name, type]) =>
    type === "VARCHAR" ? `sum(strlen("${String(name)}"))` : `sum("${String(name)}")`,
  );
  await connection.runAndReadAll(`SELECT ${sums.join(", ")} FROM '${path}'`);
  connection.closeSync();
}

async function makeProfile(engine: CountEngine, path: string): Promise<Profile> {
  const files = { paths: [path], format: "parquet" } as const;
  const { columns } = await engine.describe(files);
  const features = columns.map(({ name, type }) => ({
    name,
    kind: type === "numeric" ? ("numeric" as const) : ("categorical" as const),
  }));
  return engine.profile({ files, features });
}

async function compare(engine: CountEngine, profile: Profile, path: string): Promise<void> {
  const [group] = await engine.count({ files: { paths: [path], format: "parquet" }, bins: profile.bins });
  let [widest, largest] = [0, 0];
  for (const [f, bins] of profile.bins.entries()) {
    const [baseline, live] = [profile.counts.features[f], group?.counts.features[f]];
    if (baseline === undefined || live === undefined) throw new Error("expected counts of every feature");
    largest = Math.max(largest, psiFromCounts(binCounts(bins, baseline), binCounts(bins, live)));
    const bounds = bins.kind === "numeric" ? featureKsBounds({ bins, counts: baseline }, live) : undefined;
    if (bounds !== undefined) widest = Math.max(widest, bounds.upper - bounds.lower);
  }
  console.log(JSON.stringify({ features: profile.bins.length, widest, largest }));
}

if (mode === "scan") await scan(first);
else {
  const folder = dirname(mode === "live" ? second : first);
  const engine = createDuckDbEngine({
    allowedDirectories: [folder],
    tempDirectory: `${tmpdir()}/driftward-bench-spill`,
  });
  if (mode === "profile") writeFileSync(second, encodeProfile(await makeProfile(engine, first)));
  else if (mode === "live") await compare(engine, decodeProfile(readFileSync(first)), second);
  else await compare(engine, await makeProfile(engine, first), second);
  await engine.close();
}
