import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readCheck } from "../../src/actions/check-model.ts";
import { liftQuarantine, listQuarantines, quarantine } from "../../src/actions/quarantine.ts";
import { openPast } from "../../src/actions/replay/past.ts";
import { replayPolicy } from "../../src/actions/replay/replay-policy.ts";
import type { Finding } from "../../src/core/drift/finding.ts";
import type { CheckRow } from "../../src/ports/state.ts";
import { planRun } from "../../src/stages/run/plan-run.ts";
import { testActor } from "../support/open-test-log.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

let models = 0;
async function watched(more = "", baseline: readonly object[] = baselineRows): Promise<string> {
  models += 1;
  const name = `q${models}`;
  world.setNow(at(0));
  await world.baseline(name, "1", baseline);
  await world.apply(policyOf(name, more));
  return name;
}

const keepOut = (model: string, from: number, to: number) =>
  quarantine(world.ports, { model, from: at(from), to: at(to), reason: "zeros", actor: testActor });

async function checkAt(model: string, hour: number): Promise<CheckRow> {
  const planned = (await world.plan(model, at(hour))).at(-1);
  return world.check(planned?.id ?? "");
}

async function findingsOf({ id }: CheckRow): Promise<readonly Finding[]> {
  return (await world.state.checks.findings(id)).map(({ body }) => body as Finding);
}

describe("a window", () => {
  test("is counted without the hours in quarantine, and says so", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(0, 2));
    await world.predict(name, rowsBetween(2, 4, { shift: 40 }));
    const { number } = await keepOut(name, 2, 4);
    const found = await checkAt(name, 4);
    expect(found).toMatchObject({ verdict: "ok", rowCount: 60, quarantined: 2 });
    const shown = await readCheck(world.state, found.id, []);
    expect(shown.quarantined).toEqual({ hours: 2, by: [{ number, reason: "zeros" }] });
    expect((await findingsOf(found)).every(({ drifted }) => !drifted)).toBe(true);
  });

  test("that is not of whole hours leaves the same rows out", async () => {
    const name = await watched("");
    await world.apply(policyOf(name).replace("every: 1h", "every: 30m").replace("span: 4h", "span: 210m"));
    await world.predict(name, rowsBetween(0, 4));
    await keepOut(name, 2, 4);
    const found = await checkAt(name, 4);
    expect(found).toMatchObject({ rowCount: 45, quarantined: 2, verdict: "inconclusive" });
    expect(found.reason).toBe("only 45 of the 50 rows needed; 2 of its 3.5 hours are in quarantine");
  });

  test("with too little left is inconclusive, and no sign that the model is silent", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(0, 12));
    await keepOut(name, 0, 12);
    for (const check of await world.plan(name, at(12))) await world.check(check.id);
    await world.decide(name);
    const model = await world.model(name);
    const [last] = await world.state.checks.recent(model.id, 1);
    expect(last).toMatchObject({ verdict: "inconclusive", rowCount: 0 });
    expect(last?.reason).toBe("no predictions in 4h; 4 of its 4 hours are in quarantine");
    expect(await world.incidents(name)).toEqual([]);
  });
});

test("a quarantine speaks to checks planned after it, and so does its end; both are in the trail", async () => {
  const name = await watched();
  await world.predict(name, rowsBetween(0, 4));
  const [before] = (await world.plan(name, at(4))).slice(-1);
  const { number } = await keepOut(name, 3, 4);
  expect(await world.check(before?.id ?? "")).toMatchObject({ rowCount: 120, quarantined: 0 });
  await world.predict(name, rowsBetween(4, 5));
  expect(await checkAt(name, 5)).toMatchObject({ rowCount: 90, quarantined: 1 });
  expect(await listQuarantines(world.ports, name)).toMatchObject([{ number, model: name, reason: "zeros" }]);
  await liftQuarantine(world.ports, { number, actor: testActor });
  await world.predict(name, rowsBetween(5, 6));
  expect(await checkAt(name, 6)).toMatchObject({ rowCount: 120, quarantined: 0 });
  expect(await listQuarantines(world.ports, name)).toEqual([]);
  await expect(liftQuarantine(world.ports, { number, actor: testActor })).rejects.toThrow("was lifted before");
  const model = await world.model(name);
  const kinds = (await world.state.records.list(0, 10_000)).filter(({ subject }) => subject === model.id);
  expect(kinds.map(({ kind, actor }) => [kind, actor]).filter(([kind]) => String(kind).startsWith("quar"))).toEqual([
    ["quarantine began", testActor],
    ["quarantine lifted", testActor],
  ]);
});

test("a replay knows of a quarantine from when it began, hindsight from the start", async () => {
  const name = await watched();
  await world.predict(name, rowsBetween(0, 4));
  for (const check of await world.plan(name, at(4))) await world.check(check.id);
  await keepOut(name, 2, 4);
  await world.predict(name, rowsBetween(4, 6));
  for (const check of await world.plan(name, at(6))) await world.check(check.id);
  const model = await world.model(name);
  const policy = await world.ports.policies.of(model.policyRevision ?? "");
  const ports = { ...world.ports, trainers: new Map() };
  const replayed = async (hindsight: boolean) => {
    const past = await openPast(ports, model);
    const { replay } = await replayPolicy(ports, past, { policy, from: at(3), to: at(6), hindsight });
    return replay.checks.map(({ rows, quarantined }) => [rows, quarantined]);
  };
  const rows = (await world.state.checks.after(model.id, at(2.5), 9)).map((row) => [row.rowCount, row.quarantined]);
  expect(rows).toEqual([
    [90, 0],
    [120, 0],
    [60, 2],
    [60, 2],
  ]);
  expect(await replayed(false)).toEqual(rows);
  expect(await replayed(true)).toEqual([
    [60, 1],
    [60, 2],
    [60, 2],
    [60, 2],
  ]);
});

test("a baseline is compared without its hours in quarantine", async () => {
  const earlier = (time: string) => new Date(new Date(time).getTime() - 96 * 3_600_000).toISOString();
  const timed = rowsBetween(0, 96).map((row) => ({
    ...{ ...row, timestamp: earlier(row.timestamp), label: row.prediction },
  }));
  const spoilt = timed.map((row, n) => (n < timed.length / 2 ? { ...row, x: row.x + 500 } : row));
  const name = await watched("", spoilt);
  await world.predict(name, rowsBetween(0, 5));
  expect(await checkAt(name, 4)).toMatchObject({ verdict: "warning" });
  await keepOut(name, -96, -48);
  const found = await checkAt(name, 5);
  expect(found).toMatchObject({ verdict: "ok", quarantined: 0, rowCount: 120 });
  expect((await findingsOf(found)).find(({ feature }) => feature === "x")?.n).toBe(48 * 30);
});

test("rows in quarantine are no labels to train on", async () => {
  const name = await watched("data: { labels: { mature: 0s } }");
  const rows = rowsBetween(0, 10);
  await world.predict(name, rows);
  await world.label(
    name,
    rows.map(({ prediction_id, prediction }) => ({
      ...{ prediction_id, label: prediction, label_timestamp: at(11).toISOString() },
    })),
  );
  const labels = async () => {
    const model = await world.model(name);
    const policy = await world.ports.policies.of(model.policyRevision ?? "");
    return (await planRun(world.ports, world.state, { model, policy, at: at(12), runs: [] })).newLabels;
  };
  expect(await labels()).toBe(300);
  await keepOut(name, 2, 5);
  expect(await labels()).toBe(210);
});

test("what is no span, and no reason, is refused", async () => {
  const name = await watched();
  await expect(keepOut(name, 4, 4)).rejects.toThrow("expected an end after");
  const wish = { model: name, from: at(0), to: at(1), reason: " ", actor: testActor };
  await expect(quarantine(world.ports, wish)).rejects.toThrow("expected a reason");
  await expect(liftQuarantine(world.ports, { number: 987_654, actor: testActor })).rejects.toThrow("number of a quar");
});
