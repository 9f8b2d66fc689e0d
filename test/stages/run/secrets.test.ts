import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createGuardedFetch } from "../../../src/adapters/guarded-http/guarded-fetch.ts";
import { processRunner } from "../../../src/adapters/runner-process/process-runner.ts";
import { webhookRunner } from "../../../src/adapters/runner-webhook/webhook-runner.ts";
import { webhookTransfers } from "../../../src/adapters/runner-webhook/webhook-transfers.ts";
import { startServer } from "../../../src/http/start-server.ts";
import type { Trainer } from "../../../src/ports/runner.ts";
import { serviceSecret, startTrainingService } from "../../support/training-service.ts";
import { openWorld, start, trainerOf, type World, work } from "./world.ts";

/*
 * Canaries: values that a trainer is handed by name. Whatever is kept of its runs is searched for them: every row of
 * every table (runs, tasks, mails, audit trail), and every file under the data folder.
 */
const canaries = ["canary-of-environment", "canary-of-a-file", "canary-of-a-header", serviceSecret];

let world: World;
const closers: (() => Promise<void>)[] = [];
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  for (const close of [...closers.splice(0), () => world.close()]) await close();
});

const environment = () => ({
  PATH: process.env.PATH,
  TOKEN: canaries[0],
  HEADER: canaries[2],
  SECRET: serviceSecret,
});

async function runWith(trainer: Trainer, runners: World["ports"]["runners"]) {
  await start(world);
  return work(world, { ...world.ports, runners, trainers: new Map([["churn", trainer]]) });
}

async function rowsOf({ state }: World): Promise<readonly string[]> {
  const tables = await state.sql("select tablename as name from pg_tables where schemaname = $1", [state.schema]);
  const rows = await Promise.all(tables.map(({ name }) => state.sql(`select t::text as row from "${name}" t`)));
  return rows.flat().map(({ row }) => String(row));
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
  return (await Promise.all(nested)).flat();
}

async function expectNoCanary(secretFile: string): Promise<void> {
  const rows = await rowsOf(world);
  expect(rows.length).toBeGreaterThan(20);
  const all = (await filesBelow(world.folder)).filter((path) => path !== secretFile);
  // The test's trainer writes down what it was handed: that is how it is known to have had it.
  const files = all.filter((path) => !path.endsWith("environment.json"));
  expect(files.some((path) => path.endsWith("spec.json"))).toBe(true);
  const texts = [
    ...rows,
    ...(await Promise.all(files.map(async (path) => `${path} ${await readFile(path, "latin1")}`))),
  ];
  for (const canary of canaries) expect(texts.filter((text) => text.includes(canary))).toEqual([]);
}

test("a process that prints its secrets and fails, and one that does well, leave none behind", async () => {
  const secretFile = join(world.folder, "secret");
  await writeFile(secretFile, canaries[1] ?? "");
  const runners = new Map([
    ["process", processRunner({ root: join(world.folder, "attempts"), environment: environment() })],
  ]);
  const handed = { environment: ["TOKEN"], secretFiles: { KEY: secretFile } };
  const show = 'cat "$KEY_FILE"; echo "$TOKEN"; exit 9';
  const loud = { ...trainerOf({ command: ["sh", "-c", show] }), ...handed };
  expect(await runWith(loud, runners)).toMatchObject({
    state: "failed",
    outcome: expect.stringContaining("exit code 9"),
  });
  const run = await runWith({ ...trainerOf({}), ...handed }, runners);
  expect(run).toMatchObject({ state: "promoted" });
  const { output } = world.ports.folders.paths(run?.id ?? "", 1);
  expect(await readFile(join(output, "environment.json"), "utf8")).toContain(canaries[0]);
  await expectNoCanary(secretFile);
});

test("a training elsewhere, by one-time URLs, keeps headers and secret nowhere", async () => {
  const root = join(world.folder, "webhook");
  const service = await startTrainingService();
  closers.push(() => service.close());
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    transfers: webhookTransfers(root),
    largestUploadBytes: 1_000_000,
  });
  closers.push(() => server.close());
  const fetch = createGuardedFetch({ allow: ["127.0.0.1"] });
  const runner = webhookRunner({ root, environment: environment(), fetch, publicUrl: server.address });
  const webhook = {
    url: `${service.url}/train`,
    headers: { Authorization: "HEADER" },
    secret: "SECRET",
    statusField: "state",
    shared: false,
  };
  const trainer: Trainer = { ...trainerOf({}), runner: "webhook", webhook };
  const run = await runWith(trainer, new Map([["webhook", runner]]));
  expect(service.seen[0]?.headers.authorization).toBe("canary-of-a-header");
  expect(run).toMatchObject({ state: "promoted" });
  await expectNoCanary(join(world.folder, "secret"));
});
