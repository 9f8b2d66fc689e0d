import { afterEach, describe, expect, test } from "@jest/globals";
import { giveWord } from "../../src/actions/decide-run.ts";
import { retryRun } from "../../src/actions/retry-run.ts";
import { listRuns, runStory } from "../../src/actions/runs.ts";
import type { Actor } from "../../src/core/actor.ts";
import { openWorld, start, type World, work } from "../stages/run/world.ts";

let world: World;
afterEach(() => world.close());

const ada: Actor = { kind: "token", id: "ada" };
const all = { model: undefined, states: undefined, limit: 10 };
/** Prints what a careless program prints, and fails. */
const careless = ["sh", "-c", "echo one; echo password=hunter22; echo two; exit 7"];

test("a failed run: its story, and once more under the governor", async () => {
  world = await openWorld({ command: careless });
  const { number } = await start(world, ada);
  expect((await work(world, world.ports))?.state).toBe("failed");
  const story = await runStory(world.ports, number, 2);
  expect(story).toMatchObject({
    ...{ model: "churn", candidate: undefined, askedBy: ada, finished: true, gates: [] },
    ...{ log: ["password=[secret]", "two"], attempts: [{ n: 1, state: "failed", exitCode: 7 }] },
  });
  expect(story.stages.map(({ what }) => what)).toEqual(["run started", "run retraining", "run failed"]);
  expect(story.stages.at(-1)?.why).toContain("brought no candidate");

  const again = await retryRun(world.ports, { run: number, reason: "the store is back", actor: ada });
  expect(again).toMatchObject({
    number: number + 1,
    state: "queued",
    reason: `run ${number} again: the store is back`,
  });
  await expect(retryRun(world.ports, { run: number, reason: undefined, actor: ada })).rejects.toMatchObject({
    code: "Refused",
    message: expect.stringContaining(`run ${again.number} came after it`),
  });
  await expect(retryRun(world.ports, { run: again.number, reason: undefined, actor: ada })).rejects.toMatchObject({
    code: "Refused",
    message: expect.stringContaining("is queued"),
  });
  await expect(retryRun(world.ports, { run: 99, reason: undefined, actor: ada })).rejects.toMatchObject({
    code: "NotFound",
  });

  const numbers = async (request: Partial<Parameters<typeof listRuns>[1]>) =>
    (await listRuns(world.state, { ...all, ...request })).map(({ run }) => run.number);
  expect(await numbers({})).toEqual([again.number, number]);
  expect(await numbers({ limit: 1 })).toEqual([again.number]);
  expect(await numbers({ states: ["failed"] })).toEqual([number]);
  await expect(listRuns(world.state, { ...all, model: "nope" })).rejects.toMatchObject({ code: "NotFound" });
});

describe("the governor", () => {
  test("refuses to try again while the cooldown lasts", async () => {
    world = await openWorld({ command: careless });
    const { number } = await start(world);
    await work(world, world.ports);
    const policies = {
      of: async (id: string) => {
        const policy = await world.ports.policies.of(id);
        if (policy.retrain === undefined) throw new Error("a policy without retrain");
        return { ...policy, retrain: { ...policy.retrain, cooldownMs: 3_600_000 } };
      },
    };
    await expect(
      retryRun({ ...world.ports, policies }, { run: number, reason: undefined, actor: ada }),
    ).rejects.toMatchObject({
      ...{
        code: "Refused",
        message: expect.stringMatching(/cooldown .* lasts until [-0-9]{10} [0-9]{2}:[0-9]{2} UTC$/),
      },
      hint: expect.stringContaining("driftward retrain churn --override --reason"),
    });
  });
});

test("a run that was promoted: its gates with numbers, whose word it was, what it printed; it is not tried again", async () => {
  world = await openWorld({ promote: "promote: { approval: required }" });
  const { number } = await start(world);
  await work(world, world.ports);
  expect((await runStory(world.ports, number, 0)).stages.at(-1)).toMatchObject({
    what: "run passed its gates",
    why: expect.stringMatching(/^version 2 passed its gates and waits for approval until /),
  });
  await giveWord(world.ports, { run: number, word: "approve", reason: "fine", actor: ada });
  const story = await runStory(world.ports, number, 20);
  expect(story.gates.map(({ outcome }) => outcome)).toEqual(["pass", "pass"]);
  expect(story.approvals).toMatchObject([{ actorId: "ada", reason: "fine" }]);
  expect(story).toMatchObject({ candidate: "2", finished: true });
  expect(story.stages.map(({ what }) => what)).toEqual([
    ...[
      "run started",
      "run retraining",
      "run evaluating",
      "run passed its gates",
      "candidate approved",
      "run promoted",
    ],
  ]);
  await expect(retryRun(world.ports, { run: number, reason: undefined, actor: ada })).rejects.toMatchObject({
    code: "Refused",
  });
});
