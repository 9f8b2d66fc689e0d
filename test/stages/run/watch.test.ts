import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { liftVersion, rollback } from "../../../src/actions/rollback.ts";
import { route } from "../../../src/actions/route.ts";
import { silence } from "../../../src/actions/silence.ts";
import { status } from "../../../src/actions/status.ts";
import { championAt, modelVersions } from "../../../src/actions/versions.ts";
import type { Actor } from "../../../src/core/actor.ts";
import { brokenInputRule } from "../../../src/core/drift/judge.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import type { MailNotice } from "../../../src/core/notice.ts";
import type { ModelRow, VersionBlockRow } from "../../../src/ports/state.ts";
import { writeMail } from "../../../src/render/mail/write-mail.ts";
import { decide } from "../../../src/stages/decide/decide.ts";
import { changeChampion } from "../../../src/stages/run/change-champion.ts";
import { beginWatch, endWatch } from "../../../src/stages/run/watch.ts";
import { notices } from "../../render/mail/notices.ts";
import { startChild } from "../../support/child.ts";
import { pause } from "../../support/wait-for.ts";
import { insertCheck, now, openWorld, type World, work } from "./world.ts";

const hour = 3_600_000;
const person: Actor = { kind: "person", id: "ada" };
const guarded = `promote:
  approval: none
  rollback: { when: performance.roc_auc.upper < promised.roc_auc.lower, within: 10d }`;

let world: World;
let promoted: ModelRow;
/** Moves the world's clock; it stands at the promotion otherwise. */
let clock = now;

beforeEach(async () => {
  world = await openWorld({ promote: guarded });
  clock = now;
  Object.assign(world.ports, { clock: { now: () => clock } });
  await promoteNext();
  promoted = await world.state.models.get(world.model.id);
});
afterEach(() => world.close());

/** Version 2 becomes champion, as the end of a run makes it. */
async function promoteNext(): Promise<void> {
  const policy = await world.ports.policies.of(world.model.policyRevision ?? "");
  const { profile } = await world.state.baselines.get(world.model.championBaseline ?? "");
  const [versionId, baselineId] = [randomUUID(), randomUUID()];
  const version = {
    id: versionId,
    modelId: world.model.id,
    name: "2",
    artifact: "models/2",
    lineage: {},
    createdAt: now,
  };
  await world.state.transaction(async (tx) => {
    const model = await tx.models.lock(world.model.id);
    await tx.versions.insert(version);
    await tx.baselines.insert({
      ...{
        id: baselineId,
        modelId: model.id,
        versionId,
        rowCount: 0,
        source: "test",
        profile,
        createdAt: now,
      },
      metrics: { roc_auc: { value: 0.9, lower: 0.88, upper: 0.92, n: 500 } },
    });
    const common = { ids: world.ports.ids, model, baselineId, at: now, runId: undefined, policy };
    await beginWatch(world.ports, tx, { ...common, versionId });
    await changeChampion(tx, { ...common, version, reason: "a test" });
  });
}

/** A check of a slot that measured the champion: by how much its ROC AUC differs from what was promised, if at all. */
async function checked(hours: number, change: number | undefined): Promise<void> {
  const baseline = await world.state.baselines.get(promoted.championBaseline ?? "");
  const promise = baseline.metrics.roc_auc as { value: number; lower: number; upper: number };
  const shift = change ?? 0;
  const measured = { value: promise.value + shift, lower: promise.lower + shift, upper: promise.upper + shift };
  const performance =
    change === undefined
      ? { findings: [], without: "no mature predictions yet" }
      : { findings: [{ metric: "roc_auc", now: { ...measured, n: 500 }, promised: promise }] };
  const slotAt = new Date(now.getTime() + hours * hour);
  await world.state.transaction((tx) =>
    tx.checks.insert({
      ...{ id: randomUUID(), modelId: promoted.id, slotKey: slotAt.toISOString(), slotAt, windowEnd: slotAt },
      ...{
        windowStart: now,
        policyRevisionId: promoted.policyRevision ?? "",
        asOfSeq: 1,
        rowCount: 500,
        quarantined: 0,
      },
      ...{ versionId: promoted.championVersion, baselineId: promoted.championBaseline, quality: [], performance },
      ...{ state: "done", verdict: "ok", reason: undefined, createdAt: slotAt, doneAt: slotAt },
    }),
  );
}

const decideNow = () => decide(world.ports, { modelId: promoted.id });
const openWatch = () => world.state.watches.open(promoted.id);
const lastWatch = async () => (await world.state.watches.recent(promoted.id, 1))[0];
const champion = async () => (await route(world.state, "churn")).champion.version;
const kinds = async () => (await world.state.records.list(1, 1_000)).map(({ kind }) => kind);

async function openIncident(rule: string): Promise<string> {
  const [id, check] = [randomUUID(), await insertCheck(world)];
  await world.state.sql("update \"check\" set state = 'missed' where id = $1", [check]);
  await world.state.transaction((tx) =>
    tx.incidents.insert({
      ...{ id, modelId: promoted.id, rule, segment: "", severity: "critical", state: "firing", epoch: 0 },
      ...{ openedCheck: check, lastCheck: check, openedAt: now, resolvedAt: undefined, resolution: undefined },
      ...{ acknowledgedAt: undefined, acknowledgedBy: undefined },
    }),
  );
  return id;
}

const watchMails = async () =>
  (await world.state.notifications.ofSubject(promoted.id)).filter(({ kind }) => kind.startsWith("watch "));

/** What must be true after a rollback, however often and by whom it was asked for. */
async function expectRolledBackOnce(): Promise<void> {
  const model = await world.state.models.get(promoted.id);
  expect(model).toMatchObject({
    championVersion: world.model.championVersion,
    championBaseline: world.model.championBaseline,
    championEpoch: 3,
  });
  const history = await world.state.aliases.history(model.id, "champion");
  expect(history.map(({ versionId }) => versionId)).toEqual([
    world.model.championVersion,
    promoted.championVersion,
    world.model.championVersion,
  ]);
  expect(await openWatch()).toBeUndefined();
  expect(await lastWatch()).toMatchObject({ state: "rolled back", finishedAt: clock });
  expect(await world.state.watches.blocks(model.id)).toMatchObject([{ versionId: promoted.championVersion }]);
  expect((await kinds()).filter((kind) => kind === "version rolled back")).toHaveLength(1);
  const mails = (await world.state.notifications.ofSubject(model.id)).filter(({ kind }) => kind === "rolled-back");
  expect(mails).toHaveLength(1);
}

describe("a version that breaks its promise", () => {
  test("is taken back: alias, baseline, incidents, block, mail and record in one", async () => {
    await checked(1, -0.01);
    await decideNow();
    const drift = await openIncident("inputs drifted");
    await checked(2, -0.4);
    await decideNow();
    await expectRolledBackOnce();
    expect(await lastWatch()).toMatchObject({
      judged: 1,
      outcome: expect.stringMatching(/^performance\.roc_auc\.upper < promised\.roc_auc\.lower \(performance\.roc_auc/),
    });
    expect(await world.state.incidents.get(drift)).toMatchObject({
      state: "resolved",
      resolution: "superseded: version 1 is champion",
    });
    const [mail] = await world.state.notifications.ofSubject(promoted.id);
    expect(mail).toMatchObject({
      recipient: "owner@example.com",
      body: { version: "2", to: "1", reason: expect.any(String), metrics: [{ metric: "roc_auc" }] },
    });
    const record = (await world.state.records.list(1, 1_000)).find(({ kind }) => kind === "version rolled back");
    expect(JSON.parse(record?.payload ?? "{}")).toMatchObject({ version: "2", to: "1", values: expect.anything() });
  });

  test("is taken back once by four workers and a person at the same time", async () => {
    await checked(1, -0.4);
    const asked = rollback(world.ports, { model: "churn", reason: "race", actor: person });
    await Promise.allSettled([decideNow(), asked, decideNow(), decideNow(), decideNow()]);
    await decideNow();
    await expectRolledBackOnce();
  });

  test("is taken back once by workers that are killed with -9", async () => {
    for (let hours = 1; hours <= 40; hours++) await checked(hours, hours === 25 ? -0.4 : 0);
    const { connection, schema } = world.state;
    for (const ms of [10, 30, 50]) {
      const worker = startChild(new URL("./deciding-worker.ts", import.meta.url), {
        ...{ connection, schema, folder: world.folder, modelId: promoted.id },
      });
      await worker.line("ready");
      await pause(ms);
      await worker.kill();
    }
    await decideNow();
    await expectRolledBackOnce();
    expect(await lastWatch()).toMatchObject({ judged: 24 });
  });

  test("waits for no run: the next one can start, and a check of the version before changes nothing", async () => {
    expect(await world.state.runs.active(promoted.id)).toBeUndefined();
    await checked(1, -0.4);
    await decideNow();
    await checked(2, -0.4);
    await decideNow();
    await expectRolledBackOnce();
  });
});

describe("a watch whose time is over", () => {
  const over = 10 * 24 + 1;

  test("is kept when checks could judge it, and ends once, by the task or by the next check", async () => {
    await checked(1, 0);
    await decideNow();
    const watch = await openWatch();
    const task = (await world.state.outbox.open(1_000)).find(({ kind }) => kind === "watch");
    expect(task).toMatchObject({ key: `watch-${watch?.id}`, subject: watch?.id });
    clock = new Date(now.getTime() + over * hour);
    const end = () => endWatch(world.ports, { watchId: watch?.id ?? "" });
    await Promise.all([end(), end(), end()]);
    expect(await lastWatch()).toMatchObject({ state: "kept", outcome: "1 check found the promise kept" });
    await checked(over, -0.4);
    await decideNow();
    expect(await champion()).toBe("2");
    expect((await kinds()).filter((kind) => kind === "watch kept")).toHaveLength(1);
    const [mail, ...others] = await watchMails();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      ...{ kind: "watch kept", recipient: "owner@example.com", state: "queued" },
      body: { about: "watch", kind: "kept", version: "2", reason: "1 check found the promise kept" },
    });
    expect(mail?.body).toMatchObject({ metrics: [{ metric: "roc_auc", now: { n: 500 } }] });
    expect((await world.state.outbox.open(1_000)).map(({ key }) => key)).toContain(`notify-${mail?.id}`);
  });

  test("is told in the thread of the promotion", async () => {
    const incidentId = await openIncident("performance dropped");
    const runId = randomUUID();
    const run = await world.state.transaction((tx) =>
      tx.runs.insert({
        ...{ id: runId, modelId: promoted.id, decisionId: undefined, incidentId, state: "promoted", epoch: 9 },
        ...{
          trainer: "churn",
          reason: "a test",
          policyRevisionId: promoted.policyRevision ?? "",
          cut: now,
          asOfSeq: 1,
        },
        ...{
          nextAttempt: 2,
          candidateVersion: promoted.championVersion,
          outcome: "x",
          createdAt: now,
          finishedAt: now,
        },
      }),
    );
    await world.state.sql("update watch set run_id = $1", [runId]);
    await checked(1, 0);
    await checked(over, undefined);
    await decideNow();
    const [mail] = await watchMails();
    const incident = (await world.state.incidents.get(incidentId)).number;
    expect(mail?.body).toMatchObject({ kind: "kept", run: run?.number, incident });
    const { inReplyTo } = writeMail(mail?.body as MailNotice, "here");
    expect(inReplyTo).toBe(`incident-${incident}@here`);
  });

  test("is told to nobody while the model is silenced", async () => {
    await silence(world.ports, {
      model: "churn",
      rule: undefined,
      segment: undefined,
      forMs: 30 * 24 * hour,
      reason: "x",
      actor: person,
    });
    await checked(1, 0);
    await checked(over, 0);
    await decideNow();
    expect(await watchMails()).toMatchObject([{ kind: "watch kept", state: "silenced" }]);
  });

  test("waits for the checks of its time that are not decided", async () => {
    await checked(over - 2, -0.4);
    clock = new Date(now.getTime() + over * hour);
    expect(await endWatch(world.ports, { watchId: (await openWatch())?.id ?? "" })).toEqual({ again: 15_000 });
    await decideNow();
    await expectRolledBackOnce();
  });

  test("is unverified without labels, and is judged when they have come", async () => {
    await checked(1, undefined);
    await checked(over, undefined);
    await decideNow();
    expect(await openWatch()).toMatchObject({ state: "unverified", judged: 0, finishedAt: undefined });
    const reason = "no mature predictions yet";
    expect(await watchMails()).toMatchObject([{ kind: "watch unverified", body: { reason, metrics: [] } }]);
    await checked(over + 1, -0.01);
    await decideNow();
    expect(await lastWatch()).toMatchObject({ state: "kept", judged: 1 });
    const [mail, ...others] = (await watchMails()).filter(({ kind }) => kind !== "watch unverified");
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ kind: "watch kept", body: { kind: "kept", metrics: [{ metric: "roc_auc" }] } });
  });

  test("is taken back late when the labels that come say so", async () => {
    await checked(over, undefined);
    await checked(over + 30, -0.4);
    await decideNow();
    await expectRolledBackOnce();
  });
});

describe("a version that breaks its promise when nothing can serve instead", () => {
  const records = async (kind: string) =>
    (await world.state.records.newest({ kind }, 10)).map(({ payload }) => JSON.parse(payload) as object);
  const block = (set: Partial<VersionBlockRow> = {}) =>
    world.state.transaction((tx) =>
      tx.watches.block({
        ...{ id: randomUUID(), modelId: promoted.id, versionId: world.model.championVersion ?? "", reason: "a fault" },
        ...{
          blockedBy: "ada",
          blockedAt: now,
          liftedBy: undefined,
          liftReason: undefined,
          liftedAt: undefined,
          ...set,
        },
      }),
    );

  test("goes on; that is recorded and told as critical once, and shown with the model", async () => {
    await block();
    await checked(1, -0.4);
    await checked(2, -0.4);
    await Promise.all([decideNow(), decideNow(), decideNow()]);
    await checked(3, -0.41);
    await decideNow();
    expect(await champion()).toBe("2");
    const against = "version 1, which served before, may not serve again until a person lifts it";
    expect(await records("rollback not possible")).toMatchObject([
      { model: "churn", version: "2", against, values: { "promised.roc_auc.lower": expect.any(Number) } },
    ]);
    const outcome = expect.stringContaining(
      `the promise is broken and nothing can serve instead: ${against}; performance`,
    );
    expect(await openWatch()).toMatchObject({ state: "watching", judged: 0, finishedAt: undefined, outcome });
    expect(await watchMails()).toMatchObject([
      { kind: "watch stuck", state: "queued", body: { against, blocked: ["1"], metrics: [{ metric: "roc_auc" }] } },
    ]);
    expect(await status(world.ports, [promoted], 1)).toMatchObject([{ watch: { state: "watching", outcome } }]);
  });

  test("is taken back by the next check once a person lifts the version before", async () => {
    await block();
    await checked(1, -0.4);
    await decideNow();
    await liftVersion(world.ports, { model: "churn", version: "1", reason: "no fault", actor: person });
    await checked(2, -0.4);
    await decideNow();
    await expectRolledBackOnce();
  });

  test("is watched on beyond its time, and kept once a check finds the promise kept", async () => {
    await block();
    await checked(1, -0.4);
    await decideNow();
    clock = new Date(now.getTime() + 241 * hour);
    await checked(241, undefined);
    await decideNow();
    await endWatch(world.ports, { watchId: (await openWatch())?.id ?? "" });
    expect(await openWatch()).toMatchObject({ state: "watching", outcome: expect.stringContaining("broken") });
    await checked(242, 0);
    await decideNow();
    expect(await openWatch()).toMatchObject({ state: "watching", judged: 1, outcome: undefined });
    await checked(243, undefined);
    await decideNow();
    expect(await lastWatch()).toMatchObject({ state: "kept" });
    expect((await watchMails()).map(({ kind }) => kind).toSorted()).toEqual(["watch kept", "watch stuck"]);
  });
});

test("the next promotion supersedes a watch that is open", async () => {
  const policy = await world.ports.policies.of(promoted.policyRevision ?? "");
  await world.state.transaction(async (tx) => {
    const model = await tx.models.lock(promoted.id);
    const next = { versionId: model.championVersion ?? "", baselineId: model.championBaseline ?? "" };
    const records = await beginWatch(world.ports, tx, { model, ...next, runId: undefined, at: now, policy });
    expect(records.map(({ kind }) => kind)).toEqual(["watch superseded"]);
  });
  const [open, before] = await world.state.watches.recent(promoted.id, 5);
  expect([open?.state, before?.state]).toEqual(["watching", "superseded"]);
});

/** A run whose candidate, version 3, is about to be promoted in place of version 2. */
async function beginPromotion(): Promise<{ readonly runId: string; readonly versionId: string }> {
  Object.assign(world.ports, { clock: { now: () => clock } });
  const { modelId, championEpoch } = { modelId: promoted.id, championEpoch: promoted.championEpoch };
  const [runId, versionId] = [randomUUID(), randomUUID()];
  const lineage = { champion: { name: "2", epoch: championEpoch }, metrics: [] };
  await world.state.transaction(async (tx) => {
    await tx.versions.insert({ id: versionId, modelId, name: "3", artifact: undefined, lineage, createdAt: now });
    await tx.runs.insert({
      ...{ id: runId, modelId, decisionId: undefined, incidentId: undefined, state: "promoting", epoch: 3 },
      ...{ trainer: "churn", reason: "a test", policyRevisionId: promoted.policyRevision ?? "", cut: now, asOfSeq: 1 },
      ...{ nextAttempt: 2, candidateVersion: versionId, outcome: undefined, createdAt: now, finishedAt: undefined },
      ...{ step: "shadow", stepSince: now },
    });
  });
  return { runId, versionId };
}

/** A mail or webhook that told of an incident, as it stands in the outbox. */
async function tellOf(id: string, recipient: string, state: "sent" | "silenced" = "sent"): Promise<void> {
  const body = { about: "incident", kind: "opened", model: "churn", incident: 1, did: ["Opened."] };
  const messageId = `${recipient}.${id}@here`;
  const row = { id: randomUUID(), subjectKind: "incident", subjectId: id, kind: "opened", n: 1 } as const;
  await world.state.transaction((tx) =>
    tx.notifications.insert({
      ...{ ...row, recipient, messageId, body, state, createdAt: now, sentAt: now },
      reason: state === "sent" ? undefined : "a silence",
    }),
  );
}

const endsOf = async (id: string) =>
  (await world.state.notifications.ofSubject(id))
    .filter(({ kind }) => kind === "resolved")
    .map(({ recipient, state, body }) => ({ recipient, state, notice: body as IncidentNotice }));

test("who was told of an incident that another champion ends hears so in its thread; who was not hears nothing", async () => {
  const id = await openIncident("performance dropped");
  await tellOf(id, "ada@example.com");
  await tellOf(id, "bob@example.com", "silenced");
  await rollback(world.ports, { model: "churn", reason: "complaints", actor: person });
  const [end, ...more] = await endsOf(id);
  expect(more).toEqual([]);
  expect(end).toMatchObject({
    ...{ recipient: "ada@example.com", state: "queued" },
    notice: { kind: "resolved", did: [], asLastTold: true, resolution: "superseded: version 1 is champion" },
  });
  expect(writeMail({ ...notices["drift-opened"], ...end?.notice } as MailNotice, "here").inReplyTo).toBe(
    "incident-1@here",
  );
});

test("who gets the mail of the run that an incident asked for gets no second one of its end; a webhook does", async () => {
  const policy = await world.ports.policies.of(world.model.policyRevision ?? "");
  const [owner = ""] = policy.notify.critical;
  const id = await openIncident("performance dropped");
  for (const one of [owner, "webhook:pager", "former@example.com"]) await tellOf(id, one);
  const { runId } = await beginPromotion();
  await world.state.sql("update run set incident_id = $1 where id = $2", [id, runId]);
  const { championVersion = "", championBaseline: baselineId = "" } = world.model;
  await world.state.transaction(async (tx) => {
    const model = await tx.models.lock(promoted.id);
    const version = await tx.versions.get(championVersion);
    const { ids } = world.ports;
    await changeChampion(tx, { ids, model, version, baselineId, at: now, reason: "a test", runId, policy });
  });
  expect(await champion()).toBe("1");
  expect((await endsOf(id)).map(({ recipient }) => recipient).sort()).toEqual(["former@example.com", "webhook:pager"]);
});

test("a rollback stops a promotion under way: its candidate was compared with the version that is taken back", async () => {
  await beginPromotion();
  await rollback(world.ports, { model: "churn", reason: "complaints", actor: person });
  expect(await work(world, world.ports)).toMatchObject({
    state: "rejected",
    outcome: expect.stringContaining("the champion changed while the candidate was judged"),
  });
});

test("a promotion against rollbacks at the same moment: whoever was first, all that is recorded agrees", async () => {
  const { runId, versionId } = await beginPromotion();
  const other = { ...world.ports, state: await world.state.another() };
  const wish = { model: "churn", reason: "complaints", actor: person };
  const [one, two, worked] = await Promise.allSettled([
    rollback(world.ports, wish),
    rollback(other, wish),
    work(world, world.ports),
  ]);
  expect(worked).toMatchObject({ status: "fulfilled" });
  await work(world, world.ports);
  const history = await world.state.aliases.history(promoted.id, "champion");
  const model = await world.state.models.get(promoted.id);
  const taken = [one, two].flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const run = await world.state.runs.get(runId);
  expect(["promoted", "rejected"]).toContain(run.state);
  expect(history.some((change) => change.versionId === versionId)).toBe(run.state === "promoted");
  expect(history).toHaveLength(2 + taken.length + (run.state === "promoted" ? 1 : 0));
  expect(model).toMatchObject({ championVersion: history.at(-1)?.versionId, championEpoch: history.length });
  const blocked = await world.state.watches.blocks(promoted.id);
  expect(blocked).toHaveLength(taken.length);
  expect(blocked.map((block) => block.versionId)).not.toContain(model.championVersion);
  expect((await kinds()).filter((kind) => kind === "version rolled back")).toHaveLength(taken.length);
});

describe("by hand", () => {
  test("of a champion that changed meanwhile is refused: the person did not mean the one that serves now", async () => {
    const { of } = world.ports.policies;
    const policies = {
      of: async (revision: string) => {
        await world.state.transaction((tx) => tx.models.update(promoted.id, { championEpoch: 9 }));
        return of(revision);
      },
    };
    const asked = rollback({ ...world.ports, policies }, { model: "churn", reason: "complaints", actor: person });
    await expect(asked).rejects.toMatchObject({
      code: "Conflict",
      hint: expect.stringContaining("driftward versions"),
    });
    expect(await champion()).toBe("2");
  });

  test("the version before serves again, and who was champion when is kept", async () => {
    clock = new Date(now.getTime() + 5 * hour);
    const broken = await openIncident(brokenInputRule);
    const done = await rollback(world.ports, { model: "churn", reason: "complaints", actor: person });
    expect(done).toEqual({ model: "churn", from: "2", to: "1" });
    await expectRolledBackOnce();
    expect((await world.state.incidents.get(broken)).state).toBe("firing");
    const found = await modelVersions(world.state, "churn");
    expect(found.versions).toMatchObject([
      { version: "1", champion: true, blocked: undefined },
      {
        version: "2",
        champion: false,
        blocked: "ada took version 2 back: complaints",
        watch: { state: "rolled back" },
      },
    ]);
    const at = (hours: number) => championAt(found, new Date(now.getTime() + hours * hour))?.version;
    expect([at(-0.01), at(0), at(4.99), at(5)]).toEqual([undefined, "2", "2", "1"]);
    expect(await route(world.state, "churn")).toEqual({
      ...{ model: "churn", epoch: 3 },
      champion: { version: "1", artifact: undefined },
    });
  });

  test("a blocked version does not serve until a person lifts it", async () => {
    const ask = (to?: string) =>
      rollback(world.ports, { model: "churn", reason: "x", actor: person, ...(to === undefined ? {} : { to }) });
    await ask();
    await expect(ask()).rejects.toMatchObject({
      ...{ code: "Refused", message: expect.stringContaining("got none") },
      hint: expect.stringContaining("driftward lift churn 2"),
    });
    await expect(ask("1")).rejects.toMatchObject({ message: "version 1 serves already" });
    await expect(ask("9")).rejects.toMatchObject({ code: "NotFound" });
    await expect(ask("2")).rejects.toMatchObject({ message: expect.stringContaining("version 2 may not serve") });
    const lift = () => liftVersion(world.ports, { model: "churn", version: "2", reason: "fine", actor: person });
    await lift();
    await expect(lift()).rejects.toMatchObject({ code: "Refused" });
    expect(await ask("2")).toMatchObject({ from: "1", to: "2" });
    expect((await kinds()).slice(-2)).toEqual(["version lifted", "version rolled back"]);
  });
});

test("a route of what is not there says so", async () => {
  await expect(route(world.state, "nobody")).rejects.toMatchObject({ code: "NotFound" });
});
