import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "@jest/globals";
import { giveWord } from "../../../src/actions/decide-run.ts";
import { type Actor, systemActor } from "../../../src/core/actor.ts";
import { brokenInputRule } from "../../../src/core/drift/judge.ts";
import { decide } from "../../../src/stages/decide/decide.ts";
import { advanceRun } from "../../../src/stages/run/advance.ts";
import { failRun } from "../../../src/stages/run/fail.ts";
import { waitFor } from "../../support/wait-for.ts";
import { insertCheck, now, openWorld, start, startPromoting, type World, work } from "./world.ts";

let world: World;
afterEach(() => world.close());

const person: Actor = { kind: "person", id: "ada" };
const waiting = { promote: "promote: { approval: required }" };

/** A run whose candidate passed its gates and waits for a word; `start` trains and judges it, which takes a while. */
async function openWaiting(begin: (world: World) => Promise<unknown> = startPromoting) {
  world = await openWorld(waiting);
  await begin(world);
  const run = await work(world, world.ports);
  if (run?.state !== "promoting") throw new Error(`expected a run that waits, got ${run?.state}: ${run?.outcome}`);
  return run;
}

async function openIncident(rule: string): Promise<string> {
  const [id, checkId] = [randomUUID(), await insertCheck(world)];
  await world.state.transaction(async (tx) => {
    await tx.checks.saveRuleState(world.model.id, rule, "", { holdingSince: now.toISOString() });
    await tx.incidents.insert({
      id,
      modelId: world.model.id,
      rule,
      segment: "",
      severity: "critical",
      state: "firing",
      epoch: 0,
      openedCheck: checkId,
      lastCheck: checkId,
      openedAt: now,
      resolvedAt: undefined,
      resolution: undefined,
      acknowledgedAt: undefined,
      acknowledgedBy: undefined,
    });
  });
  return id;
}

describe("a candidate that waits for a person", () => {
  test("is told about by mail, with what the gates saw", async () => {
    const run = await openWaiting(start);
    const [mail, ...others] = await world.state.notifications.ofSubject(run.id);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      kind: "approval",
      body: { kind: "approval", candidate: "2", champion: "1", gates: [{ outcome: "pass" }, { outcome: "pass" }] },
    });
    expect(mail?.body).toMatchObject({
      outcome: "version 2 passed its gates and waits for approval until 2024-03-15 00:00 UTC",
    });
  });

  test("serves once it is approved, and the trail names who did", async () => {
    const run = await openWaiting();
    const approved = await giveWord(world.ports, { run: run.number, word: "approve", reason: "fine", actor: person });
    expect(approved).toMatchObject({ state: "promoted" });
    const [given, promoted] = (await world.state.records.list(1, 100)).slice(-2);
    expect(given).toMatchObject({ kind: "candidate approved", actor: person });
    expect(JSON.parse(given?.payload ?? "")).toMatchObject({ reason: "fine", words: 1 });
    expect(promoted).toMatchObject({ kind: "run promoted", actor: person });
    const approvals = [{ by: person, at: now.toISOString(), reason: "fine" }];
    expect(JSON.parse(promoted?.payload ?? "")).toMatchObject({ approvals });
    await expect(
      giveWord(world.ports, { run: run.number, word: "approve", reason: "again", actor: person }),
    ).rejects.toMatchObject({ code: "Refused", message: expect.stringContaining("which is promoted") });
  });

  test("does not serve when it is rejected", async () => {
    const run = await openWaiting();
    const rejected = await giveWord(world.ports, { run: run.number, word: "reject", reason: "not now", actor: person });
    expect(rejected).toMatchObject({ state: "rejected", outcome: "ada rejected it: not now" });
    expect((await world.state.models.get(world.model.id)).championEpoch).toBe(1);
  });

  test("serves once when it is approved and rejected at the same time", async () => {
    const run = await openWaiting();
    const words = (["approve", "reject", "approve"] as const).map((word) =>
      giveWord(world.ports, { run: run.number, word, reason: "race", actor: person }),
    );
    const settled = await Promise.allSettled(words);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const { state } = await world.state.runs.get(run.id);
    expect((await world.state.models.get(world.model.id)).championEpoch).toBe(state === "promoted" ? 2 : 1);
  });

  test("is ended when nobody approves in time, and cannot be approved after it", async () => {
    world = await openWorld({ promote: "promote: { approval: required, approval_expires: 3d }" });
    await start(world);
    const run = await work(world, world.ports, ({ state }) => state === "promoting");
    const openTasks = async () => (await world.state.outbox.open(10)).filter(({ kind }) => kind === "run");
    const [first] = await openTasks();
    await advanceRun(world.ports, { runId: run?.id ?? "", epoch: run?.epoch ?? 0, taskId: first?.id ?? "" });
    expect((await openTasks()).map(({ key }) => key)).toEqual([`run-${run?.id}-${run?.epoch}-expires`]);
    const later = { ...world.ports, clock: { now: () => new Date(now.getTime() + 3 * 86_400_000) } };
    await expect(
      giveWord(later, { run: run?.number ?? 0, word: "approve", reason: "", actor: person }),
    ).rejects.toMatchObject({
      code: "Refused",
      message: expect.stringContaining("waited for approval until 2024-03-04"),
    });
    await work(world, later);
    expect(await world.state.runs.get(run?.id ?? "")).toMatchObject({
      state: "rejected",
      outcome: "nobody approved it within 3d",
    });
  });
});

describe("four eyes", () => {
  const token = (id: string): Actor => ({ kind: "token", id });
  const openFourEyes = async (asker: Actor) => {
    world = await openWorld({ promote: "promote: { approval: four_eyes }" });
    await start(world, asker);
    const run = await work(world, world.ports);
    if (run?.state !== "promoting") throw new Error(`expected a run that waits, got ${run?.state}`);
    const approve = (actor: Actor) =>
      giveWord(world.ports, { run: run.number, word: "approve", reason: `${actor.id} looked`, actor });
    return { run, approve };
  };

  test("are two tokens, neither of which asked for the run", async () => {
    const { approve } = await openFourEyes(token("ada"));
    await expect(approve(person)).rejects.toMatchObject({
      code: "Refused",
      hint: expect.stringContaining("token create"),
    });
    await expect(approve(token("ada"))).rejects.toMatchObject({
      message: expect.stringContaining("asked for the run"),
    });
    expect(await approve(token("bea"))).toMatchObject({ state: "promoting" });
    await expect(approve(token("bea"))).rejects.toMatchObject({
      message: expect.stringContaining("approved it before"),
    });
    expect(await approve(token("cid"))).toMatchObject({ state: "promoted" });
    const words = (await world.state.records.list(1, 100)).filter(({ kind }) => kind === "candidate approved");
    expect(words.map(({ actor }) => actor.id)).toEqual(["bea", "cid"]);
  });

  test("may come at once: it serves once", async () => {
    const { run, approve } = await openFourEyes(systemActor);
    const settled = await Promise.allSettled(["bea", "cid", "dan", "bea"].map((id) => approve(token(id))));
    expect(settled.some(({ status }) => status === "fulfilled")).toBe(true);
    expect(await world.state.runs.get(run.id)).toMatchObject({ state: "promoted" });
    expect((await world.state.models.get(world.model.id)).championEpoch).toBe(2);
  });

  test("a second word whose promotion was broken off is taken up when it is said again", async () => {
    const { run, approve } = await openFourEyes(systemActor);
    await approve(token("bea"));
    await world.state.transaction((tx) =>
      tx.approvals.insert({ runId: run.id, actorKind: "token", actorId: "cid", reason: "", at: now }),
    );
    expect(await approve(token("cid"))).toMatchObject({ state: "promoted" });
  });
});

test("a promotion closes the incidents of the old baseline, and their rules count anew", async () => {
  const run = await openWaiting();
  const incident = await openIncident("inputs drifted");
  const { outcome } = await giveWord(world.ports, { run: run.number, word: "approve", reason: "", actor: person });
  const closed = await world.state.incidents.get(incident);
  expect(closed).toMatchObject({ state: "resolved", resolution: "superseded: version 2 is champion", resolvedAt: now });
  expect(outcome).toBe(`version 2 is champion; it closed INC-${closed.number}`);
  expect(await world.state.checks.ruleState(world.model.id, "inputs drifted", "")).toEqual({});
});

test("input that broke meanwhile stops the promotion, and its incident stays", async () => {
  const run = await openWaiting();
  const incident = await openIncident(brokenInputRule);
  const { state, outcome } = await giveWord(world.ports, {
    run: run.number,
    word: "approve",
    reason: "",
    actor: person,
  });
  expect([state, outcome]).toEqual(["rejected", expect.stringContaining("the input broke")]);
  expect((await world.state.incidents.get(incident)).state).toBe("firing");
  expect((await world.state.models.get(world.model.id)).championEpoch).toBe(1);
});

test("a champion that changed meanwhile stops the promotion: it was compared with another one", async () => {
  const run = await openWaiting();
  await world.state.transaction((tx) => tx.models.update(world.model.id, { championEpoch: 7 }));
  const { state, outcome } = await giveWord(world.ports, {
    run: run.number,
    word: "approve",
    reason: "",
    actor: person,
  });
  expect([state, outcome]).toEqual(["rejected", expect.stringContaining("the champion changed")]);
});

test("a run that cannot be moved on fails, and its program ends; later or older calls change nothing", async () => {
  world = await openWorld({ trainer: "hang" });
  const { id } = await start(world);
  await work(world, world.ports, ({ state }) => state === "retraining");
  await failRun(world.ports, { runId: id, epoch: 0, reason: "of an earlier step" });
  expect((await world.state.runs.get(id)).state).toBe("retraining");
  await failRun(world.ports, { runId: id, epoch: 1, reason: "disk full" });
  await failRun(world.ports, { runId: id, epoch: 2, reason: "again" });
  expect(await world.state.runs.get(id)).toMatchObject({
    state: "failed",
    outcome: "it could not be moved on: disk full",
  });
  const [attempt] = await world.state.runs.attempts(id);
  expect(attempt).toMatchObject({ state: "failed", message: "disk full" });
  await waitFor("the program's end", async () => {
    const progress = await world.ports.runners.get("process")?.poll(attempt?.runnerKey ?? "");
    return progress?.state === "cancelled";
  });
});

describe("a cancelled run", () => {
  test("ends its program, and nothing follows", async () => {
    world = await openWorld({ trainer: "hang" });
    const run = await start(world);
    await work(world, world.ports, ({ state }) => state === "retraining");
    const cancelled = await giveWord(world.ports, {
      run: run.number,
      word: "cancel",
      reason: "wrong data",
      actor: person,
    });
    expect(cancelled).toMatchObject({ state: "cancelled", outcome: "ada cancelled it: wrong data" });
    await work(world, world.ports);
    const [attempt] = await world.state.runs.attempts(run.id);
    expect(attempt).toMatchObject({ state: "cancelled" });
    await waitFor("the program's end", async () => {
      const progress = await world.ports.runners.get("process")?.poll(attempt?.runnerKey ?? "");
      return progress?.state === "cancelled";
    });
    await expect(
      giveWord(world.ports, { run: run.number, word: "cancel", reason: "", actor: person }),
    ).rejects.toMatchObject({ code: "Refused" });
  });

  test("never starts its program when it was cancelled first", async () => {
    world = await openWorld({});
    const run = await start(world);
    await giveWord(world.ports, { run: run.number, word: "cancel", reason: "no", actor: person });
    await work(world, world.ports);
    expect(await world.state.runs.attempts(run.id)).toEqual([]);
    expect((await world.state.outbox.open(10)).filter(({ kind }) => kind === "run")).toEqual([]);
  });
});

test("a promotion begins to hold the version to what its gates measured", async () => {
  const when = "performance.roc_auc.upper < promised.roc_auc.lower";
  world = await openWorld({ promote: `promote: { approval: none, rollback: { when: ${when}, within: 10d } }` });
  const { id: runId } = await start(world);
  await work(world, world.ports);
  const model = await world.state.models.get(world.model.id);
  const watch = await world.state.watches.open(model.id);
  expect(watch).toMatchObject({ state: "watching", runId, versionId: model.championVersion, championEpoch: 2 });
  expect(watch?.endsAt).toEqual(new Date(now.getTime() + 10 * 86_400_000));
  const { metrics } = await world.state.baselines.get(watch?.baselineId ?? "");
  expect(metrics).toMatchObject({ roc_auc: { lower: expect.any(Number) } });
});

test("a version that was taken back is not promoted", async () => {
  const run = await openWaiting();
  const row = { id: randomUUID(), modelId: run.modelId, versionId: run.candidateVersion ?? "", reason: "it failed" };
  await world.state.transaction((tx) =>
    tx.watches.block({
      ...{ ...row, blockedBy: "ada", blockedAt: now },
      ...{ liftedBy: undefined, liftReason: undefined, liftedAt: undefined },
    }),
  );
  const { state, outcome } = await giveWord(world.ports, {
    run: run.number,
    word: "approve",
    reason: "",
    actor: person,
  });
  expect([state, outcome]).toEqual(["rejected", "it may not serve: it failed"]);
});

test("input that breaks stops a promotion that waits for a word, when its incident opens", async () => {
  world = await openWorld(waiting);
  const { id } = await startPromoting(world);
  await work(world, world.ports);
  const body = { rule: brokenInputRule, segment: "", outcome: "holds", severity: "critical" } as const;
  const checkId = await insertCheck(world);
  await world.state.transaction(async (tx) => {
    const { championVersion: versionId, championBaseline: baselineId } = world.model;
    await tx.checks.finish(checkId, {
      ...{ state: "done", verdict: "critical", reason: undefined, rowCount: 500, quality: [], performance: {} },
      quarantined: 0,
      ...{ doneAt: now, versionId, baselineId },
    });
    const said = { ...body, when: "quality.count > 0", place: "built in", values: {}, forMs: 0, do: ["notify"] };
    await tx.checks.insertRuleOutcomes([{ checkId, ...body, body: said }]);
  });
  await decide(world.ports, { modelId: world.model.id });
  await work(world, world.ports);
  expect(await world.state.runs.get(id)).toMatchObject({
    state: "rejected",
    outcome: expect.stringContaining("the input broke"),
  });
});
