import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { acknowledge } from "../../../src/actions/ack.ts";
import { silence } from "../../../src/actions/silence.ts";
import { status } from "../../../src/actions/status.ts";
import { why } from "../../../src/actions/why.ts";
import { systemActor } from "../../../src/core/actor.ts";
import { brokenInputRule } from "../../../src/core/drift/judge.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import type { Trainer } from "../../../src/ports/runner.ts";
import { incidentSubject } from "../../../src/render/mail/incident-letter.ts";
import { writeMail } from "../../../src/render/mail/write-mail.ts";
import { decide } from "../../../src/stages/decide/decide.ts";
import { escalate } from "../../../src/stages/decide/escalate.ts";
import { startRun } from "../../../src/stages/run/start-run.ts";
import { testActor } from "../../support/open-test-log.ts";
import { finishCheck, outcomeOf, playHour, type Said } from "../../support/play-outcomes.ts";
import { at, baselineRows, openWatchWorld, policyOf, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

/** A model that reads a source, told to these owners beside everybody's. */
async function reader(name: string, source: string, more = "", escalation = ""): Promise<string> {
  world.setNow(at(0));
  await world.baseline(name, "1", baselineRows.slice(0, 200));
  const owners = `owners: [team@example.com, ${name}@example.com]`;
  const policy = policyOf(name, `data: { predictions: { source: ${source} } }\n${more}`)
    .replace(/^owners:.*$/m, owners)
    .replace(/^notify:.*$/m, `notify: { warning: [mail: owners], critical: [mail: owners], repeat: 3h${escalation} }`);
  await world.apply(policy);
  return name;
}

async function readers(count: number, more = ""): Promise<{ readonly source: string; readonly names: string[] }> {
  const source = `s${randomUUID().slice(0, 8)}`;
  const names: string[] = [];
  for (let n = 1; n <= count; n += 1) names.push(await reader(`${source}-m${n}`, source, more));
  return { source, names };
}

const retraining = "retrain: { trainer: churn }\nevaluate: { gates: [difference.roc_auc.lower >= -0.01] }";

const trainer: Trainer = {
  name: "churn",
  runner: "process",
  command: ["true"],
  environment: [],
  timeoutMs: 60_000,
  graceMs: 1_000,
};

const broken = (said: Said) => [
  outcomeOf("quiet"),
  outcomeOf(said, { rule: brokenInputRule, severity: "critical", when: "quality.count > 0.0", place: "built in" }),
];

const play = (name: string, hour: number, said: Said) => playHour(world, name, hour, broken(said));

/** Kind and first part of the address of everything that was to be said of an incident. */
async function told(incidentId: string): Promise<readonly string[]> {
  return (await world.mails(incidentId)).map(({ kind, recipient, state }) => {
    const muted = state === "silenced" ? " silenced" : "";
    return `${kind} ${recipient.split("@")[0]?.replace(/^s[0-9a-f]{8}-/, "")}${muted}`;
  });
}

async function openOf(name: string): Promise<readonly number[]> {
  return (await world.state.incidents.open((await world.model(name)).id)).map(({ number }) => number);
}

async function only(name: string) {
  const [incident, ...more] = await world.incidents(name);
  if (incident === undefined || more.length > 0) throw new Error(`expected one incident of ${name}`);
  return incident;
}

const kindsOf = async (incidentId: string) =>
  (await world.state.records.list(1, 10_000)).filter((one) => one.subject === incidentId).map(({ kind }) => kind);

test.each([
  ["the first that joined leaves first", [0, 1]],
  ["the last that joined leaves first", [1, 0]],
] as const)("two models of one source are one incident: %s", async (_what, leaving) => {
  const { source, names } = await readers(2);
  const [first = "", second = ""] = names;
  const [early = "", late = ""] = leaving.map((index) => names[index]);
  for (const name of names) await play(name, 1, name === first ? "holds" : "quiet");
  expect(await openOf(second)).toEqual([]);
  for (const name of names) await play(name, 2, "holds");
  const incident = await only(first);
  expect(await only(second)).toEqual(incident);
  for (const name of names) expect(await openOf(name)).toEqual([incident.number]);
  expect(await told(incident.id)).toEqual(["opened m1", "opened team", "joined m2"]);
  await acknowledge(world.ports, { name: String(incident.number), note: undefined, actor: testActor });
  for (let hour = 3; hour <= 7; hour += 1) {
    await play(early, hour, "quiet");
    await play(late, hour, "holds");
  }
  expect(await openOf(early)).toEqual([]);
  expect(await openOf(late)).toEqual([incident.number]);
  for (let hour = 8; hour <= 12; hour += 1) for (const name of names) await play(name, hour, "quiet");
  expect(await only(first)).toMatchObject({ state: "resolved", resolution: "the rule no longer holds" });
  expect(await told(incident.id)).toEqual([
    ...["opened m1", "opened team", "joined m2"],
    ...["resolved m1", "resolved m2", "resolved team"],
  ]);
  expect(await kindsOf(incident.id)).toEqual([
    ...["incident opened", "incident joined", "incident acknowledged", "incident left", "incident resolved"],
  ]);
  const notices = (await world.mails(incident.id)).map(({ body }) => body as IncidentNotice);
  expect(new Set(notices.map(incidentSubject))).toEqual(
    new Set([`[Driftward] ${first}: input broken (INC-${incident.number})`]),
  );
  expect(new Set(notices.map((notice) => writeMail(notice, "here").inReplyTo)).size).toBe(1);
  const joined = notices.find(({ kind }) => kind === "joined");
  if (joined === undefined) throw new Error("no mail says who joined");
  expect(writeMail(joined, "here").text.replaceAll(/\s+/g, " ")).toContain(
    `INC-${incident.number} input broken: ${first}, ${second} (source ${source})`,
  );
  expect(notices.at(-1)?.shared).toEqual({ source: `source ${source}`, models: names, left: names });
});

test("a model of another source, or another rule of a member, has an incident of its own", async () => {
  const { names } = await readers(1);
  const other = await readers(1);
  await play(names[0] ?? "", 1, "holds");
  await play(other.names[0] ?? "", 1, "holds");
  const numbers = [...(await openOf(names[0] ?? "")), ...(await openOf(other.names[0] ?? ""))];
  expect(new Set(numbers).size).toBe(2);
  await playHour(world, names[0] ?? "", 2, [outcomeOf("holds"), ...broken("holds").slice(1)]);
  expect(await openOf(names[0] ?? "")).toHaveLength(2);
});

test("four models deciding at once open one incident, and everyone is told once; four leaving at once end it once", async () => {
  const { names } = await readers(4);
  const ids = await Promise.all(names.map(async (name) => (await world.model(name)).id));
  const states = await Promise.all(names.map(() => world.state.another()));
  const atOnce = () =>
    Promise.all(
      ids.map((modelId, index) => decide({ ...world.ports, state: states[index] ?? world.state }, { modelId })),
    );
  const finishAll = async (hour: number, said: Said) => {
    for (const name of names)
      for (const check of await world.plan(name, at(hour))) await finishCheck(world, check, broken(said));
  };
  await finishAll(1, "holds");
  await atOnce();
  const incident = await only(names[0] ?? "");
  for (const name of names) expect(await openOf(name)).toEqual([incident.number]);
  const members = await world.state.incidents.members(incident.id);
  expect(members.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
  expect([...(await told(incident.id))].map((one) => one.split(" ")[1]).sort()).toEqual([
    "m1",
    "m2",
    "m3",
    "m4",
    "team",
  ]);
  await finishAll(6, "quiet");
  await atOnce();
  expect(await only(names[0] ?? "")).toMatchObject({ state: "resolved" });
  const ends = (await told(incident.id)).filter((one) => one.startsWith("resolved"));
  expect([...ends].sort()).toEqual(["resolved m1", "resolved m2", "resolved m3", "resolved m4", "resolved team"]);
  expect((await kindsOf(incident.id)).filter((kind) => kind === "incident resolved")).toHaveLength(1);
}, 60_000);

test("who has left may come back while others are in it, and is not told again", async () => {
  const { names } = await readers(2);
  const [first = "", second = ""] = names;
  for (const name of names) await play(name, 1, "holds");
  await acknowledge(world.ports, { name: String((await only(first)).number), note: undefined, actor: testActor });
  for (let hour = 2; hour <= 6; hour += 1) {
    await play(first, hour, "quiet");
    await play(second, hour, "holds");
  }
  expect(await openOf(first)).toEqual([]);
  await play(first, 7, "holds");
  const incident = await only(first);
  expect(await openOf(first)).toEqual([incident.number]);
  expect((await world.state.incidents.members(incident.id)).map(({ model }) => model)).toEqual([first, second, first]);
  expect(await told(incident.id)).toEqual(["joined m2", "opened m1", "opened team"]);
});

test("a member is not retrained, by the governor's word; once it has left, that stands against it no more", async () => {
  const { names } = await readers(2, retraining);
  const [first = "", second = ""] = names;
  const ask = async (name: string) => {
    const model = await world.model(name);
    const policy = await world.ports.policies.of(model.policyRevision ?? "");
    const trainers = new Map([["churn", trainer]]);
    return world.state.transaction(async (tx) =>
      startRun({ ...world.ports, trainers }, tx, {
        ...{ model: await tx.models.lock(model.id), policy, policyRevisionId: model.policyRevision ?? "" },
        ...{ reason: "by hand", actor: systemActor },
      }),
    );
  };
  for (const name of names) await play(name, 1, "holds");
  expect(await ask(second)).toMatchObject({ refused: expect.stringContaining(brokenInputRule) });
  for (let hour = 2; hour <= 6; hour += 1) {
    await play(second, hour, "quiet");
    await play(first, hour, "holds");
  }
  const answer = await ask(second);
  expect("refused" in answer ? answer.refused : "started").not.toContain(brokenInputRule);
  expect(await ask(first)).toMatchObject({ refused: expect.stringContaining(brokenInputRule) });
});

test("status and why list the models; an acknowledgement is of all of them", async () => {
  const { source, names } = await readers(2);
  for (const name of names) await play(name, 1, "holds");
  const incident = await only(names[0] ?? "");
  const found = await status(world.ports, [await world.model(names[1] ?? "")], 10);
  expect(found[0]?.members.map(({ model }) => model)).toEqual(names);
  expect(found[0]?.openIncidents).toMatchObject([{ number: incident.number, sourceKey: `source ${source}` }]);
  const story = await why(world.ports, String(incident.number));
  expect(story.members.map(({ model, leftAt }) => [model, leftAt])).toEqual(names.map((name) => [name, undefined]));
  await acknowledge(world.ports, { name: String(incident.number), note: undefined, actor: testActor });
  for (let hour = 2; hour <= 6; hour += 1) for (const name of names) await play(name, hour, "holds");
  expect((await told(incident.id)).filter((one) => one.startsWith("repeated"))).toEqual([]);
}, 60_000);

test("what goes on is repeated to everyone once, whichever model speaks, and lists all", async () => {
  const { names } = await readers(2);
  for (let hour = 1; hour <= 5; hour += 1) for (const name of names) await play(name, hour, "holds");
  const incident = await only(names[0] ?? "");
  expect(await told(incident.id)).toEqual([
    ...["joined m2", "opened m1", "opened team", "repeated m1", "repeated team", "repeated m2"],
  ]);
  const repeats = (await world.mails(incident.id)).filter(({ kind }) => kind === "repeated");
  for (const { body } of repeats) expect((body as IncidentNotice).shared?.models).toEqual(names);
}, 60_000);

test("a silence of one model keeps back what that model says, and not the end that others wait for", async () => {
  const { names } = await readers(2);
  const [first = "", second = ""] = names;
  world.setNow(at(0));
  await silence(world.ports, {
    ...{ model: second, rule: undefined, segment: undefined, forMs: 40 * 3_600_000, reason: "move", actor: testActor },
  });
  for (const name of names) await play(name, 1, "holds");
  for (let hour = 2; hour <= 6; hour += 1) for (const name of [first, second]) await play(name, hour, "quiet");
  const incident = await only(first);
  expect(await told(incident.id)).toEqual([
    ...["joined m2 silenced", "opened m1", "opened team", "resolved m1", "resolved team"],
  ]);
});

test("a promotion of the model that joins looks again", async () => {
  const { names } = await readers(2);
  const { id: modelId, policyRevision = "" } = await world.model(names[1] ?? "");
  const run = await world.state.transaction((tx) =>
    tx.runs.insert({
      ...{ id: randomUUID(), modelId, state: "promoting", epoch: 3, trainer: "churn", reason: "by hand" },
      ...{ policyRevisionId: policyRevision, cut: at(0), asOfSeq: 0, nextAttempt: 1, createdAt: at(0) },
      ...{ decisionId: undefined, incidentId: undefined, candidateVersion: undefined },
      ...{ outcome: undefined, finishedAt: undefined },
    }),
  );
  const tasks = async () => (await world.state.outbox.open(1_000)).filter(({ subject }) => subject === run?.id);
  await play(names[0] ?? "", 1, "holds");
  expect(await tasks()).toEqual([]);
  await play(names[1] ?? "", 1, "holds");
  expect(await tasks()).toMatchObject([{ kind: "run", epoch: 3 }]);
});

test("children of one parent share its rows", async () => {
  const parent = `c${randomUUID().slice(0, 8)}`;
  const names = [`${parent}/NL`, `${parent}/DE`];
  world.setNow(at(0));
  for (const name of names) await world.baseline(name, "1", baselineRows.slice(0, 200));
  await world.apply(policyOf(parent, "for_each: { country: [NL, DE] }"));
  for (const name of names) await play(name, 1, "holds");
  const incident = await only(names[1] ?? "");
  expect(incident).toMatchObject({ number: (await only(names[0] ?? "")).number, sourceKey: `rows of ${parent}` });
  // Both policies name the same two owners, who hear of it once.
  expect((await world.mails(incident.id)).map(({ kind }) => kind)).toEqual(["opened", "opened"]);
});

test("each member's next address is told by its own time, no address twice, and none of a model that has left", async () => {
  const source = `s${randomUUID().slice(0, 8)}`;
  const after = (time: string, ...to: readonly string[]) =>
    `, escalate: { after: ${time}, to: [${to.map((name) => `mail: ${name}@example.com`).join(", ")}] }`;
  const names = [
    await reader(`${source}-m1`, source, "", after("2h", "head")),
    await reader(`${source}-m2`, source, "", after("3h", "head", "chief")),
    await reader(`${source}-m3`, source, "", after("1h", "third")),
    await reader(`${source}-m4`, source),
  ];
  for (const name of names) await play(name, 1, "holds");
  const { id } = await only(names[0] ?? "");
  const tasks = (await world.state.outbox.open(5_000)).filter((one) => one.kind === "escalate" && one.subject === id);
  expect(tasks.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  // The third ends before its hour is over; a window of quiet later than that it is out, whatever the time.
  for (let hour = 2; hour <= 6; hour += 1)
    for (const name of names) await play(name, hour, name === names[2] ? "quiet" : "holds");
  for (const { epoch, id: taskId } of [...tasks, ...tasks])
    await escalate(world.ports, { incidentId: id, member: epoch, taskId });
  const rows = (await world.mails(id)).filter(({ kind }) => kind === "escalated");
  expect(rows.map(({ recipient, n }) => [recipient, n])).toEqual([
    ["head@example.com", 1],
    ["chief@example.com", 2],
  ]);
  const said = rows.map(({ body }) => (body as IncidentNotice).did.join(" "));
  expect(said[1]).toMatch(
    /in 3h: the policy of s[0-9a-f]{8}-m2 says to tell you then. .* by which s[0-9a-f]{8}-m2 joined it/,
  );
  expect((await kindsOf(id)).filter((kind) => kind === "incident escalated")).toHaveLength(2);
  const open = await world.state.outbox.open(5_000);
  expect(open.filter((one) => one.kind === "escalate" && one.subject === id)).toEqual([]);
});
