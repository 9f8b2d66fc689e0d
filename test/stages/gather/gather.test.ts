import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { quarantine } from "../../../src/actions/quarantine.ts";
import { openPast } from "../../../src/actions/replay/past.ts";
import { replayPolicy } from "../../../src/actions/replay/replay-policy.ts";
import { compareRecord } from "../../../src/core/replay/compare-record.ts";
import type { BaselineRow } from "../../../src/ports/state.ts";
import { gather, giveUpGathering } from "../../../src/stages/gather/gather.ts";
import { changeChampion } from "../../../src/stages/run/change-champion.ts";
import { startChild } from "../../support/child.ts";
import { testActor } from "../../support/open-test-log.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

/** Nine windows of four hours. */
const span = 36;
const live = "baseline: { from: live }\n";

/** Rows that were made in the time up to an hour. */
function predict(name: string, rows: readonly object[]): Promise<void> {
  world.setNow(at(40));
  return world.predict(name, rows);
}

let models = 0;
async function watched(more = live, rules?: string): Promise<string> {
  models += 1;
  const name = `g${models}`;
  world.setNow(at(0));
  await world.baseline(name, "1", baselineRows);
  await world.apply(policyOf(name, more, rules));
  return name;
}

/** Lets the tick ask, and does what it asked for. Returns how many tasks there were. */
async function follow(name: string, hours: number): Promise<number> {
  await world.plan(name, at(hours));
  const { id } = await world.model(name);
  const tasks = (await world.state.outbox.open(5_000)).filter((one) => one.kind === "gather" && one.subject === id);
  for (const task of tasks) {
    const result = await gather(world.ports, { modelId: id, taskId: task.id });
    expect(result).toEqual({ done: true });
    await world.state.transaction((tx) => tx.outbox.done(task.id));
  }
  return tasks.length;
}

async function baselineOf(name: string): Promise<BaselineRow> {
  const { championBaseline = "" } = await world.model(name);
  return world.state.baselines.get(championBaseline);
}
async function recordsOf(name: string) {
  return (await world.state.records.list(0, 10_000)).filter(({ subject }) => subject === name);
}
const kindsOf = async (name: string) =>
  (await recordsOf(name)).map(({ kind }) => kind).filter((kind) => kind.includes("baseline"));
const liveOf = async (name: string) => (await world.state.liveBaselines.ofModel((await world.model(name)).id))[0];
const labelsOf = (rows: ReturnType<typeof rowsBetween>) =>
  rows.map(({ prediction_id, timestamp, score }) => ({
    ...{ prediction_id, label: score > 0.5 ? 1 : 0 },
    label_timestamp: timestamp,
  }));

describe("the live baseline of a champion", () => {
  test("is made of its rows when their span is over and settled, once, and what was decided by then begins anew", async () => {
    const name = await watched();
    const file = await baselineOf(name);
    expect(await follow(name, 1)).toBe(0);
    await predict(name, rowsBetween(2, 8, { shift: 40 }));
    expect(await follow(name, 8)).toBe(1);
    expect(await liveOf(name)).toMatchObject({ state: "gathering", startsAt: at(2), endsAt: at(2 + span) });
    for (const { id } of await world.state.checks.after((await world.model(name)).id, undefined, 100))
      await world.check(id);
    await world.decide(name);
    expect((await world.incidents(name)).map(({ rule, state }) => [rule, state])).toEqual([
      ["inputs drifted", "firing"],
    ]);

    await predict(name, [...rowsBetween(8, 40, { shift: 40 }), ...rowsBetween(3, 9, { version: "2", key: "b" })]);
    expect(await follow(name, 37)).toBe(0);
    expect(await follow(name, 38)).toBe(1);
    const made = await baselineOf(name);
    expect(made).toMatchObject({
      ...{ rowCount: span * 30, source: "live rows of 2026-06-01 02:00 UTC to 2026-06-02 14:00 UTC" },
      // No label is mature: what the version is held to stays as it was.
      metrics: file.metrics,
    });
    expect(await liveOf(name)).toMatchObject({ state: "made", id: made.id, rowCount: span * 30 });
    const [incident] = await world.incidents(name);
    expect(incident).toMatchObject({ state: "resolved", resolution: "superseded: version 1 has another baseline" });
    const { championEpoch, id } = await world.model(name);
    // Another baseline is no other champion.
    expect(championEpoch).toBe(1);
    expect((await world.state.aliases.history(id, "champion")).at(-1)).toMatchObject({
      reason: "live baseline: 1,080 rows of 2026-06-01 02:00 UTC to 2026-06-02 14:00 UTC",
    });
    expect(await kindsOf(name)).toEqual(["baseline registered", "live baseline begun", "baseline replaced"]);
    expect(JSON.parse((await recordsOf(name)).at(-1)?.payload ?? "")).toMatchObject({
      ...{ version: "1", source: "live", rows: 1_080, replaces: file.id, closed: [incident?.number] },
      ...{ from: at(2).toISOString(), until: at(2 + span).toISOString(), manifest: { files: expect.any(Number) } },
    });

    // From now on windows are compared with it; rows that drifted from the file have not drifted from these.
    const planned = await world.plan(name, at(42));
    expect(await world.check(planned.at(-1)?.id ?? "")).toMatchObject({ verdict: "ok", baselineId: made.id });
    expect(await follow(name, 45)).toBe(0);

    // A replay compares each window with the baseline of its time, and ends what the live one ended.
    const past = await openPast(world.ports, await world.model(name));
    const policy = await world.ports.policies.of((await world.model(name)).policyRevision ?? "");
    const asked = { policy, from: at(0), to: at(42), hindsight: false };
    const { replay, assumptions } = await replayPolicy(world.ports, past, asked);
    expect(assumptions).toEqual([]);
    const recorded = (await world.state.checks.after(id, undefined, 100)).filter((one) => one.state === "done");
    expect(new Set(recorded.map(({ baselineId }) => baselineId))).toEqual(new Set([file.id, made.id]));
    for (const check of recorded) {
      const again = replay.checks.find(({ slot }) => slot.getTime() === check.slotAt.getTime());
      const { verdict, baselineId, asOfSeq, rowCount: rows } = check;
      expect(again).toMatchObject({ verdict, baselineId, asOfSeq, rows });
      const said = (await world.state.checks.ruleOutcomes(check.id)).map(({ body }) => body);
      expect(compareRecord(said, again?.outcomes)).toEqual({ same: "exactly", differences: [] });
    }
    expect(replay.promotions).toMatchObject([{ version: "1" }, { version: "1", baselineOnly: true }]);
    expect(replay.incidents.find(({ rule }) => rule === incident?.rule)).toMatchObject({
      ...{ resolution: incident?.resolution, resolvedAt: incident?.resolvedAt },
    });
  });

  test("counts from when the version became champion; rows in quarantine are left out", async () => {
    const name = await watched();
    await predict(name, rowsBetween(-6, 40));
    world.setNow(at(39));
    const hours = { from: at(4), to: at(7), reason: "backfill", actor: testActor };
    await quarantine({ state: world.state, clock: world.ports.clock, ids: world.ports.ids }, { model: name, ...hours });
    expect(await follow(name, 39)).toBe(1);
    expect(await liveOf(name)).toMatchObject({ state: "made", startsAt: at(0), rowCount: (span - 3) * 30 });
    expect(JSON.parse((await recordsOf(name)).at(-1)?.payload ?? "")).toMatchObject({ quarantinedHours: 3 });
  });

  test("of too few rows is left out: the baseline before stays, and that is recorded", async () => {
    const name = await watched(`${live}`.replace("live }", "live, span: 2h }"));
    const file = await baselineOf(name);
    await predict(name, rowsBetween(0, 40));
    expect(await follow(name, 3)).toBe(1);
    expect((await baselineOf(name)).id).toBe(file.id);
    const reason = "60 rows could be gathered, of the 100 needed";
    expect(await liveOf(name)).toMatchObject({ state: "kept", rowCount: 60, reason });
    expect(await kindsOf(name)).toEqual(["baseline registered", "live baseline begun", "live baseline left out"]);
    expect(await follow(name, 90)).toBe(0);
  });

  test("that cannot be made, however often it is tried, leaves the baseline before, and why is recorded", async () => {
    const name = await watched();
    const file = await baselineOf(name);
    await predict(name, rowsBetween(0, 40));
    await world.plan(name, at(span));
    const { id: modelId } = await world.model(name);
    const failing = { ...world.ports.engine, writeServedRows: () => Promise.reject(new Error("no room on the disk")) };
    const [task] = (await world.state.outbox.open(5_000)).filter(
      (one) => one.kind === "gather" && one.subject === modelId,
    );
    await expect(gather({ ...world.ports, engine: failing }, { modelId })).rejects.toThrow("no room");
    expect(await liveOf(name)).toMatchObject({ state: "making" });
    await giveUpGathering(world.ports, { modelId, taskId: task?.id ?? "", reason: "no room on the disk" });
    expect(await liveOf(name)).toMatchObject({ state: "kept", reason: "it could not be made: no room on the disk" });
    expect((await baselineOf(name)).id).toBe(file.id);
    expect((await kindsOf(name)).at(-1)).toBe("live baseline left out");
    expect(await follow(name, 90)).toBe(0);
  });

  test("of a version that a run promoted keeps what its gates measured, and its watch goes on", async () => {
    const name = await watched(`${live}data: { labels: { mature: 1h } }\n`);
    const model = await world.model(name);
    const { championVersion: versionId = "" } = model;
    const version = await world.state.versions.get(versionId);
    const promise = { accuracy: { value: 0.9, lower: 0.88, upper: 0.92, n: 900 } };
    const [baselineId, watchId] = [randomUUID(), randomUUID()];
    // As a run leaves it: a baseline of no file, and a watch over the version.
    const judged = { ...(await baselineOf(name)), id: baselineId, digest: undefined, metrics: promise };
    const times = { startedAt: at(0), endsAt: at(900), finishedAt: undefined };
    const watching = { state: "watching", epoch: 0, judged: 2, outcome: undefined, runId: undefined } as const;
    await world.state.transaction(async (tx) => {
      await tx.models.lock(model.id);
      await tx.baselines.insert(judged);
      const reason = "as a run does";
      const change = { ids: world.ports.ids, model, version, baselineId, at: at(0), reason };
      await changeChampion(tx, { ...change, runId: undefined, policy: undefined });
      const of = { id: watchId, modelId: model.id, versionId, baselineId, championEpoch: 1 };
      await tx.watches.insert({ ...of, ...times, ...watching });
    });
    const rows = rowsBetween(0, 40);
    await predict(name, rows);
    await world.label(name, labelsOf(rows));
    expect(await follow(name, span + 2)).toBe(1);
    const made = await baselineOf(name);
    expect([made.rowCount, made.metrics]).toEqual([span * 30, promise]);
    expect(await world.state.watches.open(model.id)).toMatchObject({ id: watchId, judged: 2, baselineId: made.id });
  });

  test("is not made for a policy that asks for none", async () => {
    const name = await watched("");
    await predict(name, rowsBetween(0, 40));
    expect(await follow(name, 40)).toBe(0);
  });

  test("has the metrics of its mature labels, where there are enough", async () => {
    const labels = "data: { labels: { mature: 12h } }\nperformance: { metrics: [accuracy], window: 4h }\n";
    const rule = "  - { name: worse, when: performance.accuracy.drop.lower > 0.02, do: [notify] }";
    const name = await watched(live + labels, rule);
    const before = (await baselineOf(name)).metrics;
    const rows = rowsBetween(0, 40);
    await predict(name, rows);
    await world.label(name, labelsOf(rows));
    expect(await follow(name, span)).toBe(1);
    const { metrics } = await baselineOf(name);
    expect(metrics).not.toEqual(before);
    // Rows of the last twelve hours are too young, at ten minutes past the end.
    expect(metrics).toMatchObject({ accuracy: { n: Math.round((span - 12 + 1 / 6) * 30) } });
  });
});

test.each(["write", "store"])(
  "a maker killed before it could %s is followed by one that makes the same",
  async (step) => {
    const name = await watched();
    await predict(name, rowsBetween(0, 40));
    await world.plan(name, at(39));
    const { id: modelId } = await world.model(name);
    const { connection, schema } = world.state;
    const child = startChild(new URL("./gather-worker.ts", import.meta.url), {
      ...{ connection, schema, folder: world.folder, modelId, now: at(39), step },
    });
    await child.line(`at ${step}`, 60_000);
    await child.kill();
    const pinned = await liveOf(name);
    expect(pinned).toMatchObject({ state: "making", endsAt: at(span) });
    // What comes meanwhile is not in it: all that it is made of was settled.
    await predict(name, rowsBetween(0, span, { key: "late" }));
    await Promise.all([gather(world.ports, { modelId }), gather(world.ports, { modelId })]);
    await gather(world.ports, { modelId });
    expect(await baselineOf(name)).toMatchObject({ id: pinned?.id, rowCount: span * 30 });
    expect((await kindsOf(name)).filter((kind) => kind === "baseline replaced")).toHaveLength(1);
    expect(await world.state.aliases.history(modelId, "champion")).toHaveLength(2);
  },
  90_000,
);
