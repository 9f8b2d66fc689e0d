import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { expireSilence, listSilences, silence } from "../../src/actions/silence.ts";
import { testActor } from "../support/open-test-log.ts";
import { outcomeOf, playHour, watchedModel } from "../support/play-outcomes.ts";
import { at, openWatchWorld, type WatchWorld } from "../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

const wish = (model: string, more = {}) => ({
  ...{ model, rule: undefined, segment: undefined, forMs: 4 * 3_600_000, reason: "backfill", actor: testActor },
  ...more,
});

const opened = async (model: string) => {
  const incidents = await world.incidents(model);
  const mails = await Promise.all(incidents.map(({ id }) => world.mails(id)));
  return mails.flat().map(({ kind, state, reason }) => ({ kind, state, reason }));
};

test("what opens while a silence lasts is recorded and not sent, and neither is its end", async () => {
  const model = await watchedModel(world);
  const { number } = await silence(world.ports, wish(model));
  await playHour(world, model, 1, "holds");
  const hushed = { kind: "opened", state: "silenced", reason: `silence ${number}: backfill` };
  expect(await opened(model)).toEqual([hushed, hushed]);
  const [incident] = await world.incidents(model);
  expect(incident?.state).toBe("firing");
  const ids = (await world.mails(incident?.id ?? "")).map(({ id }) => id);
  expect((await world.state.outbox.open(1_000)).filter(({ subject }) => ids.includes(subject))).toEqual([]);
  for (const hour of [2, 3, 4, 5, 6]) await playHour(world, model, hour, "quiet");
  expect((await world.incidents(model)).map(({ state }) => state)).toEqual(["resolved"]);
  expect(await opened(model)).toHaveLength(2);
});

test("it ends by the clock", async () => {
  const model = await watchedModel(world);
  await silence(world.ports, wish(model));
  // Checks are decided ten minutes after their slot: the silence of four hours is over.
  for (const hour of [1, 2, 3]) await playHour(world, model, hour, "quiet");
  await playHour(world, model, 4, "holds");
  expect((await opened(model)).map(({ state }) => state)).toEqual(["queued", "queued"]);
});

test("maintenance that the policy plans mutes as a silence does, and only in its time", async () => {
  const hours = `from: ${at(1).toISOString()}, to: ${at(3).toISOString()}`;
  const model = await watchedModel(world, `maintenance: [{ ${hours}, reason: the warehouse moves }]`);
  await playHour(world, model, 1, "holds");
  const reason = `maintenance until ${at(3).toISOString()}: the warehouse moves`;
  expect(await opened(model)).toMatchObject([{ state: "silenced", reason }, { state: "silenced" }]);
  await playHour(world, model, 2, "holds");
  expect(await opened(model)).toHaveLength(2);
  await playHour(world, model, 3, "holds");
  expect((await opened(model)).slice(2)).toMatchObject([
    { kind: "repeated", state: "queued" },
    { kind: "repeated", state: "queued" },
  ]);
});

test("one rule's silence leaves others alone", async () => {
  const model = await watchedModel(world);
  await silence(world.ports, wish(model, { rule: "inputs drifted" }));
  await playHour(world, model, 1, [outcomeOf("holds"), outcomeOf("holds", { rule: "other" })]);
  expect((await opened(model)).map(({ state }) => state)).toEqual(["silenced", "silenced", "queued", "queued"]);
});

test("listed while it lasts, ended early once, and both on record", async () => {
  const model = await watchedModel(world);
  await playHour(world, model, 1, [outcomeOf("holds", { segment: "country=NL" })]);
  const { number } = await silence(world.ports, wish(model, { segment: "country=NL" }));
  const mine = async () => (await listSilences(world.ports)).filter((one) => one.model === model);
  expect(await mine()).toMatchObject([{ number, segment: "country=NL", reason: "backfill", createdBy: testActor.id }]);
  world.setNow(at(2));
  expect((await expireSilence(world.ports, { number, actor: testActor })).endsAt).toEqual(at(2));
  expect(await mine()).toEqual([]);
  await expect(expireSilence(world.ports, { number, actor: testActor })).rejects.toMatchObject({ code: "Conflict" });
  const kinds = (await world.state.records.list(1, 5_000)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind.startsWith("silence")).slice(-2)).toEqual(["silence began", "silence expired"]);
});

test.each([
  ["a model that is not there", { model: "nobody" }, "NotFound"],
  ["a rule that is not there", { rule: "input drifted" }, "NotFound"],
  ["a segment that is not there", { segment: "country=NL" }, "NotFound"],
  ["no time", { forMs: 0 }, "InvalidInput"],
  ["too long", { forMs: 91 * 86_400_000 }, "InvalidInput"],
])("%s", async (_, more, code) => {
  const model = await watchedModel(world);
  await expect(silence(world.ports, wish(model, more))).rejects.toMatchObject({ code });
});

test("a rule is one of the policy, built in, or of an incident that was; else the nearest name is told", async () => {
  const model = await watchedModel(world);
  await playHour(world, model, 1, [outcomeOf("holds", { rule: "an older rule" })]);
  for (const rule of ["inputs drifted", "input broken", "no predictions", "an older rule"])
    expect(await silence(world.ports, wish(model, { rule }))).toMatchObject({ rule });
  await expect(silence(world.ports, wish(model, { rule: "inputs drifed" }))).rejects.toMatchObject({
    hint: 'did you mean "inputs drifted"?',
  });
});

test("all rows are a segment of every model; an incident's own rule and segment are not looked for", async () => {
  const model = await watchedModel(world);
  expect(await silence(world.ports, wish(model, { segment: "" }))).toMatchObject({ segment: "" });
  const own = { rule: "one of long ago", segment: "country=NL" };
  await expect(silence(world.ports, wish(model, own))).rejects.toMatchObject({ code: "NotFound" });
  expect(await silence(world.ports, wish(model, { ...own, ofIncident: true }))).toMatchObject(own);
});

test("a number that no silence has", async () => {
  await expect(expireSilence(world.ports, { number: 9_999, actor: testActor })).rejects.toMatchObject({
    code: "NotFound",
  });
});
