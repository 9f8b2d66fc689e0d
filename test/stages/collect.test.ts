import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { predictionSources } from "../../src/adapters/prediction-sources/prediction-sources.ts";
import { collect } from "../../src/stages/collect.ts";
import { waitFor } from "../support/wait-for.ts";
import { at, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../support/watch-world.ts";

let world: WatchWorld;
let root: string;
beforeAll(async () => {
  world = await openWatchWorld();
  root = mkdtempSync(join(tmpdir(), "driftward-collect-"));
  mkdirSync(join(root, "lake"));
});
afterAll(async () => {
  await world.close();
  rmSync(root, { recursive: true, force: true });
});

const csv = (rows: readonly object[]) =>
  [Object.keys(rows[0] ?? {}), ...rows.map(Object.values)].map(String).join("\n");

function sources(script = "") {
  const warehouse = { command: [process.execPath, "-e", script], environment: [], timeoutMs: 20_000 };
  const offered = { allow: [join(root, "lake")], root, settleMs: 0, everyMs: 1_000, programs: { warehouse } };
  const environment = { PATH: process.env["PATH"] ?? "" };
  return predictionSources({ offered, root: join(root, "sources"), environment });
}

let models = 0;
async function watched(more: string): Promise<string> {
  models += 1;
  const name = `s${models}`;
  world.setNow(at(0));
  await world.apply(policyOf(name, more));
  world.setNow(at(30));
  return name;
}

async function take(name: string, known: Set<string>, script?: string) {
  const model = await world.model(name);
  const policy = await world.ports.policies.of(model.policyRevision ?? "");
  const { files, problems } = await collect({ ...world.ports, sources: sources(script) }, model, policy, { known });
  const taken = files.map(({ result }) => [result.accepted, result.known, result.refused]);
  return { taken, problems: problems.map(({ error }) => String(error)) };
}

test("files of a pattern are taken in when they are new or have changed, with the policy's columns", async () => {
  const name = await watched(
    "data: { predictions: { files: 'lake/one-*.csv' }, columns: { prediction_id: id, timestamp: scored_at } }",
  );
  const rows = rowsBetween(0, 2).map(({ prediction_id: id, timestamp: scored_at, ...row }) => ({
    ...{ id, scored_at, ...row },
  }));
  const known = new Set<string>();
  writeFileSync(join(root, "lake/one-1.csv"), csv(rows.slice(0, 20)));
  expect(await take(name, known)).toEqual({ taken: [[20, 0, 0]], problems: [] });
  expect(await take(name, known)).toEqual({ taken: [], problems: [] });
  // Another process knows nothing of the files, and the log does.
  expect(await take(name, new Set())).toEqual({ taken: [], problems: [] });
  writeFileSync(join(root, "lake/one-1.csv"), csv(rows.slice(0, 30)));
  writeFileSync(join(root, "lake/one-2.csv"), csv(rows.slice(30)));
  expect(await take(name, known)).toEqual({
    taken: [
      [10, 20, 0],
      [30, 0, 0],
    ],
    problems: [],
  });
});

test("what a program left when it failed, and its log, go after their time; what runs stays", async () => {
  const left = () => ["output", "attempts"].map((name) => readdirSync(join(root, "sources", name)).length);
  const name = await watched("data: { predictions: { source: warehouse } }");
  const write = "require('node:fs').writeFileSync(process.env.DRIFTWARD_OUTPUT, 'half a file');";
  await expect(take(name, new Set(), `${write} process.exit(3)`)).rejects.toThrow("exit code 3");
  expect(left()).toEqual([1, 1]);
  world.setNow(at(31));
  const stop = new AbortController();
  const model = await world.model(name);
  const policy = await world.ports.policies.of(model.policyRevision ?? "");
  const slow = sources(`${write} setTimeout(() => undefined, 15000)`);
  const fetched = collect({ ...world.ports, sources: slow }, model, policy, { signal: stop.signal });
  const gaveUp = expect(fetched).rejects.toThrow();
  const written = () => readdirSync(join(root, "sources/output"), { recursive: true }).map(String);
  await waitFor("both have written", () => written().filter((path) => path.endsWith(".parquet")).length === 2);
  await sources().clearLeft(3_600_000);
  expect(left()).toEqual([2, 2]);
  const long = new Date(Date.now() - 7_200_000);
  const folders = ["output", "attempts"].flatMap((one) =>
    readdirSync(join(root, "sources", one)).map((key) => join(root, "sources", one, key)),
  );
  for (const folder of folders) utimesSync(folder, long, long);
  await sources().clearLeft(3_600_000);
  expect(left()).toEqual([1, 1]);
  stop.abort();
  await gaveUp;
});

test("a file that cannot be used keeps back no other, and is told once", async () => {
  const name = await watched("data: { predictions: { files: 'lake/two-*.csv' } }");
  writeFileSync(join(root, "lake/two-1.csv"), "a,b\n1,2\n");
  writeFileSync(join(root, "lake/two-2.csv"), csv(rowsBetween(0, 1)));
  const known = new Set<string>();
  const first = await take(name, known);
  expect(first.taken).toEqual([[30, 0, 0]]);
  expect(first.problems).toEqual([expect.stringContaining("two-1.csv")]);
  expect(await take(name, known)).toEqual({ taken: [], problems: [] });
});

test("a policy cannot reach beyond what the operator allows", async () => {
  const name = await watched("data: { predictions: { files: '/etc/pass*' } }");
  await expect(take(name, new Set())).rejects.toThrow("lies in no folder that driftward.yaml allows");
});

test("the models of for_each take their own rows of the files", async () => {
  models += 1;
  const name = `s${models}`;
  await world.apply(policyOf(name, "for_each: { shop: [NL, DE] }\ndata: { predictions: { files: 'lake/shops.csv' } }"));
  const rows = rowsBetween(0, 2).map((row, n) => ({ ...row, shop: ["NL", "DE", "FR"][n % 3] }));
  writeFileSync(join(root, "lake/shops.csv"), csv(rows));
  const known = new Set<string>();
  expect((await take(`${name}/NL`, known)).taken).toEqual([[20, 0, 0]]);
  expect((await take(`${name}/DE`, known)).taken).toEqual([[20, 0, 0]]);
});

/** Copies a prepared file, and notes what it was asked for. */
const script = (ready: string) =>
  `const fs = require("fs"); fs.writeFileSync(${JSON.stringify(ready)} + ".asked", JSON.stringify([process.env.DRIFTWARD_MODEL, process.env.DRIFTWARD_START, process.env.DRIFTWARD_END])); fs.copyFileSync(${JSON.stringify(ready)}, process.env.DRIFTWARD_OUTPUT)`;

test("a program of the operator brings the rows since the last known one", async () => {
  const name = await watched("data: { predictions: { source: warehouse }, settle: 1h }");
  const ready = join(root, "ready.parquet");
  writeFileSync(join(root, "ready.csv"), csv(rowsBetween(0, 2)));
  const database = await DuckDBInstance.create();
  const connection = await database.connect();
  await connection.run(`COPY (FROM read_csv('${join(root, "ready.csv")}')) TO '${ready}' (FORMAT parquet)`);
  connection.closeSync();
  database.closeSync();
  const asked = () => JSON.parse(readFileSync(`${ready}.asked`, "utf8")) as readonly string[];
  expect(await take(name, new Set(), script(ready))).toEqual({ taken: [[60, 0, 0]], problems: [] });
  expect(asked()).toEqual([name, at(30 - 4 - 1).toISOString(), at(30).toISOString()]);
  world.setNow(at(31));
  await take(name, new Set(), script(ready));
  expect(asked()).toEqual([name, new Date(at(2).getTime() - 120_000 - 3_600_000).toISOString(), at(31).toISOString()]);
  // Asked again within the minute, it has to bring again what was taken in and thrown away.
  rmSync(`${ready}.asked`);
  expect((await take(name, new Set(), script(ready))).problems).toEqual([]);
  expect(asked()[0]).toBe(name);
});

test("a program that fails says how", async () => {
  const name = await watched("data: { predictions: { source: warehouse } }");
  await expect(take(name, new Set(), "console.error('no route to host'); process.exit(3)")).rejects.toThrow(
    /the source "warehouse" failed: .*no route to host/,
  );
  world.setNow(at(40));
  await expect(take(name, new Set(), "0")).rejects.toThrow('the source "warehouse" wrote no DRIFTWARD_OUTPUT');
});
