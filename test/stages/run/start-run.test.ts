import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { retrain } from "../../../src/actions/retrain.ts";
import type { Actor } from "../../../src/core/actor.ts";
import { systemActor } from "../../../src/core/actor.ts";
import { brokenInputRule } from "../../../src/core/drift/judge.ts";
import type { Policy } from "../../../src/core/policy/policy.ts";
import { type StartRunRequest, startRun } from "../../../src/stages/run/start-run.ts";
import { insertCheck, openWorld, type World } from "./world.ts";

const person: Actor = { kind: "person", id: "ada" };
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

async function ask(more: Partial<StartRunRequest> & { readonly change?: (policy: Policy) => Policy }) {
  const policyRevisionId = world.model.policyRevision ?? "";
  const { change = (policy) => policy, ...request } = more;
  const policy = change(await world.ports.policies.of(policyRevisionId));
  return world.state.transaction(async (tx) =>
    startRun(world.ports, tx, {
      model: await tx.models.lock(world.model.id),
      policy,
      policyRevisionId,
      reason: "INC-1",
      actor: systemActor,
      ...request,
    }),
  );
}

const askedBy = (checkId: string) => ({ asked: { checkId, rule: "inputs drifted", segment: "" } });

test("a refusal is a decision with its reason", async () => {
  const checkId = await insertCheck(world);
  const answer = await ask({
    ...askedBy(checkId),
    change: (policy) => ({
      ...policy,
      ...(policy.retrain && { retrain: { ...policy.retrain, minNewLabels: 10_000 } }),
    }),
  });
  expect(answer).toEqual({ refused: "expected at least 10000 new mature labels, got 760" });
  expect(await world.state.decisions.ofCheck(checkId)).toMatchObject([
    { action: "retrain", outcome: "refused", reason: "expected at least 10000 new mature labels, got 760" },
  ]);
  expect((await world.state.records.list(1, 100)).at(-1)).toMatchObject({ kind: "run refused" });
});

test("asked again in passing, a refusal leaves nothing behind", async () => {
  const checkId = await insertCheck(world);
  const before = await world.state.records.list(1, 100);
  expect(await ask({ ...askedBy(checkId), quiet: true, provisional: true })).toMatchObject({
    refused: expect.stringContaining("provisional"),
  });
  expect(await world.state.decisions.ofCheck(checkId)).toEqual([]);
  expect(await world.state.records.list(1, 100)).toEqual(before);
});

test("a check that saw broken input refuses before any incident of it is open", async () => {
  const checkId = await insertCheck(world);
  await world.state.transaction((tx) =>
    tx.checks.insertRuleOutcomes([
      { checkId, rule: brokenInputRule, segment: "", outcome: "holds", severity: "critical", body: {} },
    ]),
  );
  expect(await ask(askedBy(checkId))).toMatchObject({ refused: expect.stringContaining("the input is broken") });
});

test("a policy without retraining, or with a trainer nobody named, refuses", async () => {
  const without = ({ retrain: _retrain, ...policy }: Policy): Policy => policy;
  expect(await ask({ ...askedBy(await insertCheck(world)), change: without })).toEqual({
    refused: "the policy has no section retrain",
  });
  const named = (policy: Policy): Policy => ({
    ...policy,
    ...(policy.retrain && { retrain: { ...policy.retrain, trainer: "x" } }),
  });
  expect(await ask({ ...askedBy(await insertCheck(world)), change: named })).toEqual({
    refused: 'driftward.yaml names no trainer "x"',
  });
});

test("of a rule and a person at once, one gets a run and the other hears why not", async () => {
  const checkId = await insertCheck(world);
  const [rule, act] = await Promise.allSettled([
    ask(askedBy(checkId)),
    retrain(world.ports, { model: "churn", reason: "a new market", actor: person }),
  ]);
  const started = [rule, act].filter((one) => one.status === "fulfilled" && !("refused" in one.value));
  expect(started).toHaveLength(1);
  const runs = await world.state.runs.recent(world.model.id, 10);
  expect(runs).toMatchObject([{ state: "queued", trainer: "churn", cut: expect.any(Date) }]);
  const [decision] = await world.state.decisions.ofCheck(checkId);
  expect(decision?.outcome).toBe(runs[0]?.decisionId === undefined ? "refused" : "carried out");
  expect(await world.state.outbox.open(10)).toMatchObject([{ kind: "run", subject: runs[0]?.id, epoch: 0 }]);
  await expect(retrain(world.ports, { model: "churn", reason: "again", actor: person })).rejects.toMatchObject({
    code: "Refused",
    message: expect.stringContaining("is under way"),
  });
  await expect(retrain(world.ports, { model: "nobody", reason: "", actor: person })).rejects.toMatchObject({
    code: "NotFound",
  });
});

test("a person's override is recorded with what it went against", async () => {
  const active = await world.state.runs.active(world.model.id);
  if (active !== undefined)
    await world.state.transaction((tx) =>
      tx.runs.transition({ ...active, from: active.state, to: "cancelled", set: { finishedAt: active.createdAt } }),
    );
  const freeze = [{ from: new Date(0), to: new Date(8.64e15), reason: "audit" }];
  const frozen = (policy: Policy) => ({ ...policy, ...(policy.retrain && { retrain: { ...policy.retrain, freeze } }) });
  expect(await ask({ change: frozen })).toMatchObject({ refused: expect.stringContaining("retraining is frozen") });
  const answer = await ask({ change: frozen, override: { brokenInput: false }, actor: person, reason: "urgent" });
  const runId = "run" in answer ? answer.run.id : "";
  const [started] = await world.state.records.newest({ subjects: [runId], kind: "run started" }, 1);
  expect(started?.actor).toEqual(person);
  expect(JSON.parse(started?.payload ?? "{}")).toMatchObject({
    reason: "urgent",
    overrode: [expect.stringMatching(/: audit$/)],
  });
});
