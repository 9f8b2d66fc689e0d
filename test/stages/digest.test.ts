import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { silence } from "../../src/actions/silence.ts";
import type { DigestNotice } from "../../src/core/incident/digest.ts";
import { writeMail } from "../../src/render/mail/write-mail.ts";
import { digest } from "../../src/stages/digest.ts";
import { failNotification, notify } from "../../src/stages/notify.ts";
import { testActor } from "../support/open-test-log.ts";
import { outcomeOf, playHour, watchedModel } from "../support/play-outcomes.ts";
import { at, openWatchWorld, type WatchWorld } from "../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterEach(() => world.setNow(at(0)));
afterAll(() => world.close());

/** At ten in Kyiv it is seven in summer, by UTC. */
const gathering = (address: string) =>
  `{ warning: [mail: ${address}, webhook: pager], critical: [mail: ${address}], digest: { daily: '10:00', timezone: Europe/Kyiv } }`;

const digestsOf = async (address: string) => {
  const tasks = (await world.state.outbox.open(5_000)).filter(({ kind }) => kind === "digest");
  const rows = await world.state.transaction((tx) => Promise.all(tasks.map(({ subject }) => tx.digests.lock(subject))));
  return rows.flatMap((row, i) => (row.recipient === address ? [{ ...row, taskId: tasks[i]?.id ?? "" }] : []));
};
const first = <One>(list: readonly One[]): One => {
  const [one] = list;
  if (one === undefined) throw new Error("there is none");
  return one;
};
const incidentOf = async (model: string) => first(await world.incidents(model));
const statesOf = async (model: string) =>
  (await world.mails((await incidentOf(model)).id)).map(
    ({ kind, recipient, state }) => `${kind} ${recipient} ${state}`,
  );

test("warnings of several models are one mail a day for each recipient, at its hour of its zone", async () => {
  const address = "one@example.com";
  const [a, b] = [await watchedModel(world, "", gathering(address)), await watchedModel(world, "", gathering(address))];
  await playHour(world, a, 1, "holds");
  await playHour(world, b, 1, "holds");
  expect(await statesOf(a)).toEqual([`opened ${address} gathered`, "opened webhook:pager queued"]);
  const due = await digestsOf(address);
  expect(due.map(({ dueAt }) => dueAt)).toEqual([at(7)]);
  const { id, taskId } = first(due);
  const isDue = async (now: Date) => (await world.state.relay.take(now, 1, 5_000)).some((task) => task.id === taskId);
  expect(await isDue(new Date(at(7).getTime() - 1))).toBe(false);
  expect(await isDue(at(7))).toBe(true);
  for (const hour of [2, 3, 4, 5, 6]) await playHour(world, a, hour, "quiet");
  world.setNow(at(7));
  await digest(world.ports, { digestId: id, taskId });
  await digest(world.ports, { digestId: id, taskId });
  const rows = await world.state.notifications.ofSubject(id);
  expect(rows.map(({ kind, recipient, state }) => [kind, recipient, state])).toEqual([["digest", address, "queued"]]);
  const { body, messageId } = first(rows);
  expect(messageId).toBe(`digest-${id}@${await world.state.instance.id()}`);
  const { subject, text, inReplyTo, headers } = writeMail(body as DigestNotice, "here");
  expect([subject, inReplyTo]).toEqual(["[Driftward] digest of warnings", "digests@here"]);
  expect(headers["List-Id"]).toBe('"Driftward digest" <digest.here>');
  const [ended, open] = [await incidentOf(a), await incidentOf(b)];
  expect(text).toContain("1 warning is open, 1 ended.");
  expect(text).toMatch(new RegExp(`STILL OPEN\\n  INC-${open.number} [^]*ENDED\\n  INC-${ended.number} `));
  expect(text).toContain(`driftward ack INC-${open.number} --note`);
  expect(text).not.toContain(`driftward ack INC-${ended.number}`);
  expect(await digestsOf(address)).toEqual([]);
});

test("what it told is sent when it is, and has failed when it is given up", async () => {
  for (const [address, given] of [
    ["sent@example.com", false],
    ["failed@example.com", true],
  ] as const) {
    const model = await watchedModel(world, "", gathering(address));
    await playHour(world, model, 1, "holds");
    const { id, taskId } = first(await digestsOf(address));
    world.setNow(at(7));
    await digest(world.ports, { digestId: id, taskId });
    const mail = first(await world.state.notifications.ofSubject(id));
    const mails: string[] = [];
    const ports = {
      ...world.ports,
      writeMail,
      mailer: {
        send: async ({ to, messageId }: { to: string; messageId: string }) => void mails.push(`${to} ${messageId}`),
      },
      webhooks: { send: () => Promise.reject(new Error("no webhook has a digest")) },
    };
    if (given) await failNotification(ports, { notificationId: mail.id, taskId: "0", reason: "no such mailbox" });
    else await notify(ports, { notificationId: mail.id });
    expect(mails).toEqual(given ? [] : [`${address} ${mail.messageId}`]);
    const [opened] = await world.mails((await incidentOf(model)).id);
    expect(opened).toMatchObject(
      given ? { state: "failed", reason: "no such mailbox" } : { state: "sent", sentAt: at(7), reason: undefined },
    );
  }
});

test("criticals go at once, and a warning that becomes critical as well", async () => {
  const address = "critical@example.com";
  const model = await watchedModel(world, "", gathering(address));
  await playHour(world, model, 1, "holds");
  await playHour(world, model, 2, [outcomeOf("holds", { severity: "critical" })]);
  expect(await statesOf(model)).toEqual([
    `opened ${address} gathered`,
    "opened webhook:pager queued",
    `repeated ${address} queued`,
  ]);
});

test("killed while it is written: nothing is lost, and the mail is one", async () => {
  const address = "killed@example.com";
  const model = await watchedModel(world, "", gathering(address));
  await playHour(world, model, 1, "holds");
  const { id, taskId } = first(await digestsOf(address));
  world.setNow(at(7));
  const { transaction } = world.state;
  const dying = {
    ...world.state,
    transaction: <Result>(work: Parameters<typeof transaction<Result>>[0]) =>
      transaction<Result>(async (tx) => {
        await work(tx);
        throw new Error("killed");
      }),
  };
  await expect(digest({ ...world.ports, state: dying }, { digestId: id, taskId })).rejects.toThrow("killed");
  expect(await world.state.notifications.ofSubject(id)).toEqual([]);
  await digest(world.ports, { digestId: id, taskId });
  expect(await world.state.notifications.ofSubject(id)).toHaveLength(1);
});

test("what comes while one is being written waits for it, and goes into the next", async () => {
  const address = "late@example.com";
  const [a, b] = [await watchedModel(world, "", gathering(address)), await watchedModel(world, "", gathering(address))];
  await playHour(world, a, 1, "holds");
  const { id, taskId } = first(await digestsOf(address));
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { transaction } = world.state;
  const slow = {
    ...world.state,
    transaction: <Result>(work: Parameters<typeof transaction<Result>>[0]) =>
      transaction<Result>(async (tx) => {
        const result = await work(tx);
        await held;
        return result;
      }),
  };
  // The clock of who gathers is an hour behind that of who writes.
  const writing = digest({ ...world.ports, state: slow }, { digestId: id, taskId });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const playing = playHour(world, b, 1, "holds");
  await new Promise((resolve) => setTimeout(resolve, 100));
  release();
  await Promise.all([writing, playing]);
  expect((await digestsOf(address)).map(({ dueAt }) => dueAt)).toEqual([at(31)]);
  expect((await world.state.notifications.ofDigest(id)).map(({ subjectId }) => subjectId)).toEqual([
    (await incidentOf(a)).id,
  ]);
});

test("a silence that came meanwhile mutes what was gathered, on record; nothing left is no mail", async () => {
  const address = "silenced@example.com";
  const model = await watchedModel(world, "", gathering(address));
  await playHour(world, model, 1, "holds");
  const { id, taskId } = first(await digestsOf(address));
  const wish = { model, rule: undefined, segment: undefined, forMs: 86_400_000, reason: "known", actor: testActor };
  await silence(world.ports, wish);
  world.setNow(at(7));
  await digest(world.ports, { digestId: id, taskId });
  expect(await world.state.notifications.ofSubject(id)).toEqual([]);
  const [opened] = await world.mails((await incidentOf(model)).id);
  expect(opened).toMatchObject({ state: "silenced", reason: expect.stringMatching(/^silence \d+: known$/) });
});
