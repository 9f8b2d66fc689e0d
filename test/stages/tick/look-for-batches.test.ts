import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openPast } from "../../../src/actions/replay/past.ts";
import { replayPolicy } from "../../../src/actions/replay/replay-policy.ts";
import type { CheckRow } from "../../../src/ports/state.ts";
import { lookForBatches } from "../../../src/stages/tick/look-for-batches.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

let models = 0;
async function watched(grace = "3h"): Promise<string> {
  models += 1;
  const name = `batch${models}`;
  world.setNow(at(0));
  await world.baseline(name, "1", baselineRows);
  const policy = policyOf(name).replace("{ every: 1h }", `{ batch: run, grace: ${grace} }`);
  await world.apply(policy.replace("span: 4h", "span: 24h"));
  return name;
}

/** The rows of a batch, scored in the three hours from `from` on and sent at once. */
async function send(name: string, run: string | number, from: number, more: { shift?: number } = {}): Promise<void> {
  world.setNow(at(from + 3));
  await world.predict(
    name,
    rowsBetween(from, from + 3, more).map((row) => ({ ...row, run })),
  );
}

/** Ticks until nothing more is due, checks and decides. */
async function pass(name: string, until: number): Promise<readonly CheckRow[]> {
  const planned = await world.plan(name, new Date(at(until).getTime() - 600_000));
  const done: CheckRow[] = [];
  for (const { id } of planned) done.push(await world.check(id));
  await world.decide(name);
  return done;
}

test("each batch is checked by itself once it is complete, and its column is no feature", async () => {
  const name = await watched();
  await send(name, "monday", 0);
  // Seen by this tick, and complete when nothing more has come for ten minutes.
  expect(await pass(name, 3)).toEqual([]);
  expect(await pass(name, 3.1)).toEqual([]);
  const [monday] = await pass(name, 3.2);
  expect(monday).toMatchObject({ slotKey: "batch monday", verdict: "ok", rowCount: 90, windowStart: at(0) });
  await send(name, "tuesday", 24, { shift: 40 });
  await pass(name, 27);
  const [tuesday, ...others] = await pass(name, 28);
  expect(others).toEqual([]);
  expect(tuesday).toMatchObject({ slotKey: "batch tuesday", verdict: "warning", rowCount: 90 });
  const features = (await world.state.checks.findings(tuesday?.id ?? "")).map(({ feature }) => feature);
  expect(features).toContain("x");
  expect(features).not.toContain("run");
  expect(await world.incidents(name)).toMatchObject([{ rule: "inputs drifted", state: "firing" }]);
  await send(name, "wednesday", 48);
  await pass(name, 51);
  await pass(name, 52);
  // Batches share no rows: the first that is quiet resolves.
  expect(await world.incidents(name)).toMatchObject([{ rule: "inputs drifted", state: "resolved" }]);
});

test("batches that overlap in time are told apart, also by number, and rows of none are in no check", async () => {
  const name = await watched();
  world.setNow(at(3));
  const rows = rowsBetween(0, 6).map((row, n) => ({ ...row, run: n % 3 === 0 ? 1 : n % 3 === 1 ? 2.5 : undefined }));
  await world.predict(name, rows);
  await pass(name, 6);
  const checks = await pass(name, 7);
  expect(checks.map(({ slotKey, rowCount }) => [slotKey, rowCount])).toEqual([
    ["batch 1", 60],
    ["batch 2.5", 60],
  ]);
  expect(checks[1]?.slotAt.getTime()).toBe((checks[0]?.slotAt.getTime() ?? 0) + 1);
});

test("a batch that is not there after its grace opens the incident of silence, and its coming resolves it", async () => {
  const name = await watched();
  for (const day of [0, 1, 2]) {
    await send(name, `day ${day}`, day * 24);
    await pass(name, day * 24 + 3);
    await pass(name, day * 24 + 4);
  }
  expect(await pass(name, 3 * 24 + 5.9)).toEqual([]);
  const [missed] = await pass(name, 3 * 24 + 6);
  expect(missed).toMatchObject({ verdict: "inconclusive", rowCount: 0 });
  expect(missed?.reason).toMatch(/^no batch since 2026-06-03T02:58:00.000Z$/);
  expect(await world.incidents(name)).toMatchObject([{ rule: "no predictions", state: "firing" }]);
  await send(name, "day 3", 3 * 24 + 8);
  await pass(name, 3 * 24 + 11);
  await pass(name, 3 * 24 + 12);
  expect(await world.incidents(name)).toMatchObject([{ rule: "no predictions", state: "resolved" }]);

  const model = await world.model(name);
  const policy = await world.ports.policies.of(model.policyRevision ?? "");
  const ports = { ...world.ports, trainers: new Map() };
  const past = await openPast(ports, model);
  const { replay } = await replayPolicy(ports, past, { policy, from: at(1), to: at(90), hindsight: false });
  const lived = await world.state.checks.after(model.id, undefined, 100);
  expect(replay.checks.map(({ slot, verdict, rows }) => [slot, verdict, rows])).toEqual(
    lived.map(({ slotAt, verdict, rowCount }) => [slotAt, verdict, rowCount]),
  );
  expect(replay.incidents).toMatchObject([{ rule: "no predictions" }]);
  expect(replay.incidents[0]?.resolvedAt).toBeDefined();
});

test("in hindsight each batch came when it was scored", async () => {
  const name = await watched();
  world.setNow(at(200));
  const days = [0, 1, 2, 3].flatMap((day) =>
    rowsBetween(day * 24, day * 24 + 3, day > 1 ? { shift: 40 } : {}).map((row) => ({ ...row, run: `day ${day}` })),
  );
  await world.predict(name, days);
  const model = await world.model(name);
  const policy = await world.ports.policies.of(model.policyRevision ?? "");
  const ports = { ...world.ports, trainers: new Map() };
  const past = await openPast(ports, model);
  const { replay } = await replayPolicy(ports, past, { policy, from: at(1), to: at(80), hindsight: true });
  const slotOf = (day: number) => new Date(at(day * 24 + 3).getTime() - 120_000 + 600_000);
  expect(replay.checks.map(({ slot }) => slot)).toEqual([0, 1, 2, 3].map(slotOf));
  expect(replay.incidents).toMatchObject([{ rule: "inputs drifted", openedSlot: slotOf(2), resolvedAt: undefined }]);
});

test("batches from before the policy are history: they tell what is usual, and call for no check", async () => {
  const name = await watched();
  for (const day of [0, 1, 2]) await send(name, `day ${day}`, day * 24);
  world.setNow(at(60));
  await world.apply(policyOf(name).replace("{ every: 1h }", "{ batch: run, grace: 2h }"));
  expect(await pass(name, 70)).toEqual([]);
  const [missed] = await pass(name, 78);
  expect(missed?.slotKey).toBe("no batch since 2026-06-03T02:58:00.000Z (1)");
});

test("files are looked at once, whoever asks", async () => {
  const name = await watched();
  await send(name, "one", 0);
  const { id: modelId } = await world.model(name);
  const asked = { modelId, column: "run", before: at(0), now: at(4) };
  const ports = { ...world.ports, state: world.state };
  expect(await Promise.all([lookForBatches(ports, asked), lookForBatches(ports, asked)])).toEqual([true, true]);
  expect(await world.state.batches.parts(modelId, "run")).toMatchObject([{ batch: "one", rows: 90, seenAt: at(4) }]);
  expect(await world.state.batches.unseen(modelId, "run")).toEqual([]);
});
