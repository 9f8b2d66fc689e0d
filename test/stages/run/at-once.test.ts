import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "@jest/globals";
import { advanceRun } from "../../../src/stages/run/advance.ts";
import { pause } from "../../support/wait-for.ts";
import { now, openWorld, start, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

/** A queued run of another model. */
async function otherRun(name: string): Promise<string> {
  const [modelId, id] = [randomUUID(), randomUUID()];
  await world.state.transaction(async (tx) => {
    await tx.models.ensure(name, modelId, now);
    await tx.runs.insert({
      ...{ id, modelId, decisionId: undefined, incidentId: undefined, state: "queued", epoch: 0, trainer: "churn" },
      ...{ reason: "a test", policyRevisionId: world.model.policyRevision ?? "", cut: now, asOfSeq: 1, nextAttempt: 1 },
      ...{ candidateVersion: undefined, outcome: undefined, createdAt: now, finishedAt: undefined },
    });
  });
  return id;
}

const attempt = (runId: string) => ({
  ...({ runId, n: 1, runner: "process", runnerKey: `${runId}-1`, state: "starting", startedAt: now } as const),
  ...{ finishedAt: undefined, exitCode: undefined, message: undefined },
});

test("as many trainings go at once as the operator allows; the others stay queued until one ends", async () => {
  world = await openWorld();
  const other = await otherRun("other");
  await world.state.transaction((tx) => tx.runs.insertAttempt(attempt(other)));
  const run = await start(world);
  const ports = { ...world.ports, trainingsAtOnce: 1 };
  expect(await advanceRun(ports, { runId: run.id, epoch: 0 })).toEqual({ again: 15_000 });
  expect(await world.state.runs.get(run.id)).toMatchObject({ state: "queued", epoch: 0 });
  expect(await world.state.runs.attempts(run.id)).toEqual([]);
  const end = { state: "succeeded", finishedAt: now, exitCode: 0, message: undefined } as const;
  await world.state.transaction((tx) => tx.runs.finishAttempt(other, 1, end));
  await advanceRun(ports, { runId: run.id, epoch: 0 });
  expect(await world.state.runs.get(run.id)).toMatchObject({ state: "retraining" });
});

test("two that ask at the same time are counted one after the other", async () => {
  world = await openWorld();
  const runs = [await otherRun("one"), await otherRun("two"), await otherRun("three")];
  const claims = runs.map((runId) =>
    world.state.transaction(async (tx) => {
      const going = await tx.runs.countOthersGoing(runId);
      await pause(20);
      if (going === 0) await tx.runs.insertAttempt(attempt(runId));
      return going;
    }),
  );
  expect((await Promise.all(claims)).toSorted()).toEqual([0, 1, 1]);
});
