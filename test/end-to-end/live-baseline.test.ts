import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { waitFor } from "../support/wait-for.ts";
import { killRunning, makeFolder, runJson, startProgram } from "./program.ts";
import { liveRows, setUpProject } from "./small-model.ts";

/* What a model serves lies apart from its holdout: the first nine hours of it become the baseline. Time is the test's. */

const folder = makeFolder("live-baseline");
const here = { cwd: folder.path };
const policy = join(folder.path, "policies/orders.yaml");
const start = new Date("2026-03-01T00:00:00Z");

/** Whoever looks at the data, or works on it, takes the time from this file. */
function setTime(hours: number): void {
  const file = join(folder.path, "data/clock");
  writeFileSync(`${file}.new`, new Date(start.getTime() + hours * 3_600_000).toISOString());
  renameSync(`${file}.new`, file);
}

interface Stands {
  readonly baseline: { readonly source: string; readonly rows: number };
  readonly liveBaseline: { readonly state: string; readonly until: string } | null;
  readonly checks: readonly { readonly verdict?: string; readonly windowEnd: string }[];
}

async function stands(): Promise<Stands> {
  const { models } = (await runJson(["status", "orders"], here)) as unknown as { readonly models: readonly [Stands] };
  return models[0];
}

beforeAll(async () => {
  setUpProject(folder.path);
  mkdirSync(join(folder.path, "data"));
  const hourly = readFileSync(policy, "utf8").replace("every: 1m", "every: 1h").replace("span: 1m", "span: 1h");
  writeFileSync(policy, hourly.replace("min_rows: 100", "min_rows: 50"));
  writeFileSync(join(folder.path, "live.csv"), liveRows(720, start, 60_000, 30));
  setTime(0);
  await runJson(["baseline", "orders", "1", "holdout.csv"], here);
  setTime(4.5);
  await runJson(["ingest", "orders", "live.csv"], here);
  await runJson(["apply"], here);
}, 240_000);
afterAll(async () => {
  await killRunning();
  folder.remove();
}, 60_000);

test("a plan tells that a live baseline was not there yet, and the workers make it when its time has come", async () => {
  writeFileSync(policy, `${readFileSync(policy, "utf8")}baseline: { from: live }\n`);
  const plan = await runJson(["plan"], here);
  expect(plan).toMatchObject({ models: [{ model: "orders", kind: "changed" }] });
  expect(JSON.stringify(plan)).toContain("no live one was made yet");

  const up = startProgram(["up"], here);
  await waitFor("rows to be gathered", async () => (await stands()).liveBaseline?.state === "gathering", 120_000);
  expect(await stands()).toMatchObject({
    baseline: { source: "holdout.csv", rows: 2_000 },
    liveBaseline: { until: "2026-03-01T09:00:00.000Z" },
  });
  setTime(9.5);
  await waitFor("the live baseline", async () => (await stands()).liveBaseline?.state === "made", 120_000);
  const source = "live rows of 2026-03-01 00:00 UTC to 2026-03-01 09:00 UTC";
  expect(await runJson(["calibrate", "orders"], here)).toMatchObject({ version: "1", baseline: { source, rows: 540 } });
  setTime(11);
  const last = async () => (await stands()).checks.find(({ windowEnd }) => windowEnd === "2026-03-01T11:00:00.000Z");
  await waitFor("a check against it", async () => (await last())?.verdict !== undefined, 120_000);
  // Against the holdout it would be a warning, as those before were.
  expect((await last())?.verdict).toBe("ok");
  up.process.kill("SIGTERM");
  expect((await up.ended).code).toBe(0);
}, 600_000);
