import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { acknowledge } from "../../src/actions/ack.ts";
import { testActor } from "../support/open-test-log.ts";
import { playHour, watchedModel } from "../support/play-outcomes.ts";
import { openWatchWorld, type WatchWorld } from "../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

test("firing, acknowledged by a person, resolved by the checks; a second word and one too late are refused", async () => {
  const model = await watchedModel(world);
  await playHour(world, model, 1, "holds");
  const [opened] = await world.incidents(model);
  const word = { name: `inc-${opened?.number}`, note: "asked the feed's owners", actor: testActor };
  expect(await acknowledge(world.ports, word)).toMatchObject({
    ...{ state: "acknowledged", acknowledgedBy: testActor.id, acknowledgedAt: world.ports.clock.now() },
    epoch: 1,
  });
  await expect(acknowledge(world.ports, word)).rejects.toMatchObject({
    code: "Conflict",
    message: `expected INC-${opened?.number} to be firing, it is acknowledged by ${testActor.id}`,
  });
  await playHour(world, model, 2, "holds");
  expect((await world.incidents(model)).map(({ state }) => state)).toEqual(["acknowledged"]);
  for (const hour of [3, 4, 5, 6, 7]) await playHour(world, model, hour, "quiet");
  expect((await world.incidents(model)).map(({ state }) => state)).toEqual(["resolved"]);
  await expect(acknowledge(world.ports, word)).rejects.toMatchObject({ code: "Conflict" });
  const record = (await world.state.records.list(1, 1_000)).find(({ kind }) => kind === "incident acknowledged");
  expect(record?.actor).toEqual(testActor);
  expect(JSON.parse(record?.payload ?? "{}")).toMatchObject({ note: "asked the feed's owners", model });
});

test("an incident that is not there", async () => {
  const word = { name: "INC-99999", note: undefined, actor: testActor };
  await expect(acknowledge(world.ports, word)).rejects.toMatchObject({ code: "NotFound" });
});
