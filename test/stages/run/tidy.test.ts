import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { giveWord } from "../../../src/actions/decide-run.ts";
import { systemActor } from "../../../src/core/actor.ts";
import { requestTidy, tidy, tidyRuns } from "../../../src/stages/run/tidy.ts";
import { now, openWorld, start, type World, work } from "./world.ts";

let world: World;
afterEach(() => world.close());

const day = 86_400_000;
const keepMs = 90 * day;

const filesOf = async (runId: string) =>
  (await readdir(join(world.folder, "runs", runId, "1"), { recursive: true })).filter((name) => /\./.test(name)).sort();
const attempts = async () =>
  (await readdir(join(world.folder, "attempts"))).filter((name) => name !== "hooks").toSorted();
const portsAt = (at: Date) => ({ ...world.ports, clock: { now: () => at } });

test("runs that came to nothing lose their files after their time, once and on record; others keep theirs", async () => {
  world = await openWorld({ trainer: "worse" });
  const rejected = await start(world);
  expect((await work(world, world.ports))?.state).toBe("rejected");
  const later = new Date(now.getTime() + keepMs + 1);
  const before = await filesOf(rejected.id);
  expect(before).toContain("key.parquet");
  const key = `${rejected.id}-1`;
  expect(await attempts()).toEqual([key]);
  const logs = () => world.ports.runners.get("process")?.logs(key, 5);
  expect(await logs()).toContainEqual(`run ${rejected.id}: worse`);

  expect(await tidyRuns(portsAt(new Date(now.getTime() + keepMs)), { keepMs })).toEqual([]);
  expect(await filesOf(rejected.id)).toEqual(before);

  await requestTidy(world.state, later);
  await requestTidy(world.state, later);
  const tasks = (await world.state.outbox.open(10)).filter(({ kind }) => kind === "tidy");
  expect(tasks).toHaveLength(1);
  const clearedAfter: number[] = [];
  const nowhere = () => Promise.reject(new Error("no source"));
  const sources = { find: nowhere, fetch: nowhere, clearLeft: async (ms: number) => void clearedAfter.push(ms) };
  await tidy({ ...portsAt(later), sources }, { keepMs, taskId: tasks[0]?.id ?? "" });
  expect(clearedAfter).toEqual([day]);
  expect((await world.state.outbox.open(10)).filter(({ kind }) => kind === "tidy")).toEqual([]);
  expect(await filesOf(rejected.id)).toEqual(["data.json", "delivery/delivery.json"]);
  expect([await attempts(), await logs()]).toEqual([[], []]);
  expect(await tidyRuns(portsAt(later), { keepMs })).toEqual([]);
  const records = (await world.state.records.list(1, 100)).filter(({ kind }) => kind === "run files removed");
  expect(records.map(({ subject }) => subject)).toEqual([rejected.id]);
  expect(JSON.parse(records[0]?.payload ?? "{}")).toMatchObject({ run: rejected.number, attempts: 1 });
  expect((await world.state.runs.gates(rejected.id)).length).toBeGreaterThan(0);
});

test("a run under way, and one whose version was promoted, keep their files for ever", async () => {
  world = await openWorld({ promote: "promote: { approval: required }" });
  const run = await start(world);
  const late = portsAt(new Date(now.getTime() + 10 * keepMs));
  await work(world, world.ports, ({ state }) => state === "promoting");
  const before = await filesOf(run.id);
  expect(await tidyRuns(late, { keepMs })).toEqual([]);
  await giveWord(world.ports, { run: run.number, word: "approve", reason: "", actor: systemActor });
  expect((await world.state.runs.get(run.id)).state).toBe("promoted");
  expect(await tidyRuns(late, { keepMs })).toEqual([]);
  expect(await filesOf(run.id)).toEqual(before);
  expect(await attempts()).toEqual([`${run.id}-1`]);
  await rm(join(world.folder, "runs", run.id), { recursive: true });
  expect(await world.ports.folders.clear(run.id)).toBe(false);
});
