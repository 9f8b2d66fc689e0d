import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { acknowledge } from "../../../src/actions/ack.ts";
import { silence } from "../../../src/actions/silence.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import { writeMail } from "../../../src/render/mail/write-mail.ts";
import { escalate } from "../../../src/stages/decide/escalate.ts";
import { testActor } from "../../support/open-test-log.ts";
import { playHour, watchedModel } from "../../support/play-outcomes.ts";
import { at, openWatchWorld, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

const next = "{ warning: [mail: owners], escalate: { after: 2h, to: [mail: head@example.com, webhook: pager] } }";

/** An incident that opened in the first hour, with the task that will escalate it. */
async function fired() {
  const model = await watchedModel(world, "", next);
  await playHour(world, model, 1, "holds");
  const [incident] = await world.incidents(model);
  const id = incident?.id ?? "";
  const tasks = (await world.state.outbox.open(1_000)).filter(
    ({ kind, subject }) => kind === "escalate" && subject === id,
  );
  const due = async (now: Date) =>
    (await world.state.relay.take(now, 1, 1_000)).some(({ id: task }) => task === tasks[0]?.id);
  const run = () => escalate(world.ports, { incidentId: id, taskId: tasks[0]?.id ?? "" });
  const told = async () => (await world.mails(id)).filter(({ kind }) => kind === "escalated");
  return { model, id, number: incident?.number ?? 0, tasks, due, run, told };
}

test("two hours after it opened, and not before, the next address is told, once", async () => {
  const { tasks, due, run, told, number } = await fired();
  expect(tasks).toHaveLength(1);
  // Opened ten minutes past one.
  expect(await due(new Date(at(3).getTime() + 599_000))).toBe(false);
  expect(await due(new Date(at(3).getTime() + 600_000))).toBe(true);
  world.setNow(new Date(at(3).getTime() + 600_000));
  await run();
  await run();
  const rows = await told();
  expect(rows.map(({ recipient, state }) => [recipient, state])).toEqual([
    ["head@example.com", "queued"],
    ["webhook:pager", "queued"],
  ]);
  const mail = writeMail(rows[0]?.body as IncidentNotice, "here");
  expect(mail.text).toMatch(/escalated · INC-\d+|Nobody has taken INC-\d+ on in 2h/);
  expect(mail.headers["X-Driftward-State"]).toBe("escalated");
  const records = await world.state.records.list(1, 5_000);
  const mine = records.filter(
    ({ kind, payload }) => kind === "incident escalated" && JSON.parse(payload).incident === number,
  );
  expect(mine).toHaveLength(1);
});

test("who took it on in time is not escalated past, nor what ended", async () => {
  const taken = await fired();
  await acknowledge(world.ports, { name: `INC-${taken.number}`, note: undefined, actor: testActor });
  await taken.run();
  expect(await taken.told()).toEqual([]);
  const ended = await fired();
  for (const hour of [2, 3, 4, 5, 6]) await playHour(world, ended.model, hour, "quiet");
  await ended.run();
  expect(await ended.told()).toEqual([]);
  expect((await world.state.outbox.open(1_000)).filter(({ id }) => id === ended.tasks[0]?.id)).toEqual([]);
});

test("a silence mutes an escalation, on record", async () => {
  const { model, run, told } = await fired();
  const wish = { model, rule: undefined, segment: undefined, forMs: 86_400_000, reason: "known", actor: testActor };
  await silence(world.ports, wish);
  await run();
  expect((await told()).map(({ state }) => state)).toEqual(["silenced", "silenced"]);
});

test("who takes it on for somebody else says so: both are on record", async () => {
  const { number } = await fired();
  const wish = { name: `INC-${number}`, note: undefined, actor: testActor };
  for (const by of ["", " ada", "a\u0000b", "a\nb", "x".repeat(101)])
    await expect(acknowledge(world.ports, { ...wish, by })).rejects.toMatchObject({ code: "InvalidInput" });
  const taken = await acknowledge(world.ports, { ...wish, by: "ada@example.com" });
  expect(taken).toMatchObject({ state: "acknowledged", acknowledgedBy: "ada@example.com" });
  const record = (await world.state.records.list(1, 5_000)).at(-1);
  expect([record?.actor, JSON.parse(record?.payload ?? "{}").by]).toEqual([testActor, "ada@example.com"]);
});
