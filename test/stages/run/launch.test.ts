import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { DriftwardError } from "../../../src/core/errors.ts";
import type { Launch, Progress, Runner, Trainer } from "../../../src/ports/runner.ts";
import { advanceRun } from "../../../src/stages/run/advance.ts";
import { openWorld, start, trainerOf, type World, work } from "./world.ts";

/** A runner written by hand: keeps what it is given, and answers what it is told to. */
class Recorder implements Runner {
  readonly name = "process";
  readonly launches: Launch[] = [];
  answer: Progress | "away" = { state: "running", startedAt: new Date() };
  async start(launch: Launch) {
    this.launches.push(launch);
  }
  async poll() {
    if (this.answer === "away") throw new DriftwardError("StateUnavailable", "the daemon is away");
    return this.answer;
  }
  async cancel() {}
  async logs() {
    return [];
  }
  async forget() {
    return [];
  }
}

let world: World;
const recorder = new Recorder();
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const portsWith = (parameters: Trainer["parameters"]) => ({
  ...world.ports,
  runners: new Map([["process", recorder]]),
  trainers: new Map([["churn", { ...trainerOf({}), ...(parameters === undefined ? {} : { parameters }) }]]),
});

test("a run is refused while the trainer's parameters cannot be filled", async () => {
  const ports = portsWith({ epochs: { type: "integer" } });
  await expect(start({ ...world, ports })).rejects.toThrow(
    'the parameters of trainer "churn" cannot be used: epochs: expected a value, got none',
  );
});

test("a trainer gets its parameters, and a run waits for a runner that is away", async () => {
  const ports = portsWith({ epochs: { type: "integer", default: 10 } });
  const run = await start({ ...world, ports });
  await work(world, ports, ({ state }) => state === "retraining");
  expect(recorder.launches[0]).toMatchObject({
    runId: run.id,
    attempt: 1,
    parameters: { epochs: 10 },
    environment: { DRIFTWARD_RUN_ID: run.id, DRIFTWARD_PARAMETERS: '{"epochs":10}' },
  });
  const records = await world.state.records.list(1, 100);
  const started = records.find(({ kind }) => kind === "run retraining");
  expect(JSON.stringify(started)).toContain("epochs");
  const { epoch } = await world.state.runs.get(run.id);
  recorder.answer = "away";
  expect(await advanceRun(ports, { runId: run.id, epoch })).toEqual({ again: 15_000 });
  expect((await world.state.runs.get(run.id)).state).toBe("retraining");
  recorder.answer = { state: "failed", exitCode: 9, message: "it ended with exit code 9" };
  await advanceRun(ports, { runId: run.id, epoch });
  expect((await world.state.runs.get(run.id)).state).toBe("failed");
});

test("parameters that the operator forbids meanwhile fail the run before anything starts", async () => {
  const run = await start({ ...world, ports: portsWith(undefined) });
  const before = recorder.launches.length;
  await work(world, portsWith({ epochs: { type: "integer" } }));
  expect(await world.state.runs.get(run.id)).toMatchObject({
    state: "failed",
    outcome: expect.stringContaining("epochs: expected a value, got none"),
  });
  expect(recorder.launches.length).toBe(before);
});
