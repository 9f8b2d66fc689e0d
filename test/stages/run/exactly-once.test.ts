import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { advanceRun } from "../../../src/stages/run/advance.ts";
import { type Child, startChild } from "../../support/child.ts";
import { pause, waitFor } from "../../support/wait-for.ts";
import { openWorld, portsOf, start, type World, work } from "./world.ts";

let world: World;
const stopped: Child[] = [];
afterEach(async () => {
  for (const worker of stopped.splice(0)) await worker.kill();
  await world.close();
});

const starts = async (runId: string) => readFile(join(world.ports.folders.paths(runId, 1).output, "starts"), "utf8");

async function expectPromotedOnce(runId: string): Promise<void> {
  expect(await world.state.runs.get(runId)).toMatchObject({ state: "promoted" });
  expect((await world.state.models.get(world.model.id)).championEpoch).toBe(2);
  expect(await world.state.aliases.history(world.model.id, "champion")).toHaveLength(2);
  expect(await world.state.versions.list(world.model.id)).toHaveLength(2);
  expect(await world.state.notifications.ofSubject(runId)).toHaveLength(1);
  const records = (await world.state.records.list(1, 100)).map(({ kind }) => kind);
  expect(records.filter((kind) => kind === "run promoted")).toHaveLength(1);
  expect(records).toHaveLength(5);
  expect(await starts(runId)).toBe("started\n");
}

test("three workers at once take every step once", async () => {
  world = await openWorld();
  const run = await start(world);
  const others = [
    portsOf(await world.state.another(), world.folder, {}),
    portsOf(await world.state.another(), world.folder, {}),
  ];
  const workers = [world.ports, ...others];
  for (let round = 0; round < 500; round++) {
    const { epoch, state } = await world.state.runs.get(run.id);
    if (state === "promoted") break;
    await Promise.all(workers.map((ports) => advanceRun(ports, { runId: run.id, epoch })));
    if (state === "retraining") await pause(20);
  }
  await expectPromotedOnce(run.id);
  await Promise.all(others.map((ports) => ports.close()));
});

test("workers killed with -9 again and again lose nothing and repeat nothing", async () => {
  world = await openWorld({ trainer: "slow" });
  const run = await start(world);
  const { connection, schema } = world.state;
  const seen: string[] = [];
  /** Lets a worker live for so many ms from a line on; a step takes some hundred, so the kill meets its middle. */
  const killAfter = async (ms: number, line = "ready") => {
    const worker = startChild(new URL("./worker.ts", import.meta.url), { connection, schema, folder: world.folder });
    await worker.line(line);
    await pause(ms);
    await worker.kill();
    seen.push((await world.state.runs.get(run.id)).state);
  };
  for (const ms of [10, 80, 160, 240]) await killAfter(ms);
  await killAfter(50, "retraining");
  await waitFor("the trainer's end", async () => {
    const progress = await world.ports.runners.get("process")?.poll(`${run.id}-1`);
    return progress?.state === "succeeded";
  });
  for (const ms of [10, 60, 120, 180, 240]) await killAfter(ms);
  expect(seen.slice(0, 5)).toContain("queued");
  expect(seen.slice(4)).toContain("retraining");
  await work(world, world.ports);
  await expectPromotedOnce(run.id);
});

test("workers stopped in every state of a run, while another goes on, repeat nothing when they go on too", async () => {
  world = await openWorld({ trainer: "slow" });
  const run = await start(world);
  const { connection, schema } = world.state;
  const argument = { connection, schema, folder: world.folder };
  for (const state of ["queued", "retraining", "evaluating", "promoting"]) {
    const worker = startChild(new URL("./worker.ts", import.meta.url), { ...argument, stopIn: state });
    stopped.push(worker);
    await worker.line(`stops, ${state}`);
    expect(await world.state.runs.get(run.id)).toMatchObject({ state });
    await work(world, world.ports, (seen) => seen.state !== state);
  }
  for (const worker of stopped) worker.signal("SIGCONT");
  for (const worker of stopped) await worker.line("end");
  await expectPromotedOnce(run.id);
});
