import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { acknowledge } from "../../../src/actions/ack.ts";
import { silence } from "../../../src/actions/silence.ts";
import { testActor } from "../../support/open-test-log.ts";
import { finishCheck, outcomeOf, playHour, watchedModel } from "../../support/play-outcomes.ts";
import { at, openWatchWorld, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

/** Kind, hour and state of what one of the two owners was to be told. */
async function told(model: string): Promise<readonly string[]> {
  const incidents = await world.incidents(model);
  const rows = (await Promise.all(incidents.map(({ id }) => world.mails(id)))).flat();
  return rows
    .filter(({ recipient }) => recipient === "one@example.com")
    .map(({ kind, createdAt, state }) => {
      const hour = Math.floor((createdAt.getTime() - at(0).getTime()) / 3_600_000);
      return `${kind} ${hour} ${state}`;
    });
}

test("1,000 checks of one lasting drift: one mail when it opens, then one a day; each under its own Message-ID", async () => {
  const model = await watchedModel(world);
  for (const half of [500, 1_000])
    for (const check of await world.plan(model, at(half))) {
      world.setNow(new Date(check.slotAt.getTime() + 600_000));
      await finishCheck(world, check, [outcomeOf("holds")]);
      await world.decide(model);
    }
  const days = Array.from({ length: 41 }, (_, day) => `repeated ${1 + 24 * (day + 1)} queued`);
  expect(await told(model)).toEqual(["opened 1 queued", ...days]);
  const [incident] = await world.incidents(model);
  const ids = (await world.mails(incident?.id ?? "")).map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(84);
}, 240_000);

test("one that flaps: four a day at most, every end of what was told, and the rest is kept with why", async () => {
  const model = await watchedModel(world);
  for (let hour = 1; hour <= 24; hour += 1) await playHour(world, model, hour, hour % 7 === 1 ? "holds" : "quiet");
  expect(await told(model)).toEqual([
    ...["opened 1 queued", "resolved 6 queued", "opened 8 queued", "resolved 13 queued"],
    ...["opened 15 silenced", "opened 22 silenced"],
  ]);
  const last = (await world.incidents(model)).at(-1);
  expect((await world.mails(last?.id ?? ""))[0]?.reason).toBe("told 4 times in 24h of this rule at most");
}, 60_000);

test("who takes it on is not told again; what a silence mutes is repeated when the silence is over", async () => {
  const model = await watchedModel(world, "", "{ warning: [mail: owners], repeat: 3h }");
  await silence(world.ports, {
    ...{ model, rule: undefined, segment: undefined, forMs: 5 * 3_600_000, reason: "move", actor: testActor },
  });
  for (const hour of [1, 2, 3, 4, 5, 6, 7, 8]) await playHour(world, model, hour, "holds");
  expect(await told(model)).toEqual([
    ...["opened 1 silenced", "repeated 4 silenced", "repeated 5 queued", "repeated 8 queued"],
  ]);
  const [incident] = await world.incidents(model);
  await acknowledge(world.ports, { name: String(incident?.number), note: undefined, actor: testActor });
  for (const hour of [9, 10, 11, 12]) await playHour(world, model, hour, "holds");
  expect(await told(model)).toHaveLength(4);
}, 60_000);

test("severity rises once while an incident is open, is told at once, and does not fall", async () => {
  const model = await watchedModel(world);
  await playHour(world, model, 1, "holds");
  await playHour(world, model, 2, [outcomeOf("holds", { severity: "critical" })]);
  await playHour(world, model, 3, [outcomeOf("holds", { severity: "critical" })]);
  await playHour(world, model, 4, "holds");
  expect((await world.incidents(model)).map(({ severity }) => severity)).toEqual(["critical"]);
  expect(await told(model)).toEqual(["opened 1 queued", "repeated 2 queued"]);
});
