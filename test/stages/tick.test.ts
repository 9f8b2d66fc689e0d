import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { randomIds } from "../../src/adapters/ids.ts";
import type { Policy } from "../../src/core/policy/policy.ts";
import type { Schedule } from "../../src/core/schedule/schedule.ts";
import type { CheckRow, ModelRow, State } from "../../src/ports/state.ts";
import { requestTick, type TickPorts, tick } from "../../src/stages/tick.ts";
import { openTestPostgres, type TestPostgres } from "../support/open-test-postgres.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";

const hour = 3_600_000;
let server: TestPostgres;
let state: TestState;
let now = new Date("2026-03-02T00:00:00Z");
/** What each revision says, by its id: the tick sees no more of a policy than this. */
let policies = new Map<string, Policy>();

beforeAll(async () => {
  server = await openTestPostgres();
});
afterAll(() => server?.release());
beforeEach(async () => {
  state = await openTestState({ connection: server.connection });
  policies = new Map();
});
afterEach(() => state.close());

const ports = (more: Partial<TickPorts> = {}): TickPorts => ({
  state,
  clock: { now: () => now },
  ids: randomIds,
  policyOf: async (model) => policies.get(model.policyRevision ?? ""),
  ...more,
});
const at = (time: string): Date => new Date(time.length > 5 ? time : `2026-03-02T${time}:00Z`);

async function apply(model: ModelRow, appliedAt: Date, schedule: Schedule, settleMs = 0): Promise<string> {
  const id = randomIds.next();
  const seq = ((await state.policies.latest(model.id))?.seq ?? 0) + 1;
  const row = {
    id,
    modelId: model.id,
    seq,
    path: "p.yaml",
    gitCommit: undefined,
    author: undefined,
    digest: id,
    source: "",
    appliedAt,
  };
  await state.transaction(async (tx) => {
    await tx.models.lock(model.id);
    await tx.policies.insert(row);
    await tx.models.update(model.id, { policyRevision: id });
  });
  const used = { baseline: { match: [] }, schedule, data: { settleMs }, window: { spanMs: 24 * hour, minRows: 1 } };
  policies.set(id, used as unknown as Policy);
  return id;
}

async function promote(model: ModelRow, name: string, since: Date): Promise<{ versionId: string; baselineId: string }> {
  const [versionId, baselineId] = [randomIds.next(), randomIds.next()];
  await state.transaction(async (tx) => {
    const { championEpoch } = await tx.models.lock(model.id);
    const common = { modelId: model.id, createdAt: since };
    await tx.versions.insert({ ...common, id: versionId, name, artifact: undefined, lineage: {} });
    const profile = new Uint8Array([1]);
    await tx.baselines.insert({ ...common, id: baselineId, versionId, rowCount: 1, source: "", profile, metrics: {} });
    const change = { modelId: model.id, alias: "champion", seq: championEpoch + 1, versionId, baselineId, at: since };
    await tx.aliases.insert({ ...change, reason: "registered", runId: undefined });
    const champion = { championVersion: versionId, championBaseline: baselineId, championEpoch: championEpoch + 1 };
    await tx.models.update(model.id, champion);
  });
  return { versionId, baselineId };
}

/** A model with a champion since midnight and a policy applied then. */
async function watched(schedule: Schedule, settleMs = 0, name = "churn"): Promise<ModelRow> {
  const midnight = at("00:00");
  const model = await state.transaction((tx) => tx.models.ensure(name, randomIds.next(), midnight));
  await promote(model, "v1", midnight);
  await apply(model, midnight, schedule, settleMs);
  return model;
}
const checksOf = (model: ModelRow, reads: State = state): Promise<readonly CheckRow[]> =>
  reads.checks.after(model.id, undefined, 10_000);
const slotsOf = async (model: ModelRow): Promise<string[]> => (await checksOf(model)).map(({ slotKey }) => slotKey);
const slots = (...times: string[]): string[] => times.map((time) => at(time).toISOString());

describe("a slot that is due", () => {
  test("becomes one planned check that pins what it is judged by, and one task", async () => {
    const model = await watched({ everyMs: 6 * hour });
    await state.transaction(async (tx) => {
      await tx.models.lock(model.id);
      await tx.models.update(model.id, { logSeq: 7 });
    });
    now = at("06:00");
    expect(await tick(ports())).toEqual({ planned: 1, missed: 0, failed: [] });
    const [check, ...more] = await checksOf(model);
    const { championVersion, championBaseline, policyRevision, nextSlot } = await state.models.get(model.id);
    expect(more).toEqual([]);
    expect(check).toMatchObject({
      slotKey: "2026-03-02T06:00:00.000Z",
      slotAt: at("06:00"),
      windowStart: new Date("2026-03-01T06:00:00Z"),
      windowEnd: at("06:00"),
      policyRevisionId: policyRevision,
      versionId: championVersion,
      baselineId: championBaseline,
      asOfSeq: 7,
      state: "planned",
      verdict: undefined,
      doneAt: undefined,
    });
    expect(nextSlot).toEqual(at("12:00"));
    const tasks = await state.outbox.open(10);
    expect(tasks.map(({ kind, key, subject }) => ({ kind, key, subject }))).toEqual([
      { kind: "check", key: `check-${check?.id}`, subject: check?.id },
    ]);
  });
  test("waits for late rows to settle", async () => {
    const model = await watched({ everyMs: hour }, 10 * 60_000);
    now = at("01:09");
    await tick(ports());
    expect(await slotsOf(model)).toEqual([]);
    now = at("01:10");
    await tick(ports());
    expect(await slotsOf(model)).toEqual(slots("01:00"));
  });
  test("is planned once, however often and by however many ticks at once", async () => {
    const model = await watched({ everyMs: hour });
    const others = [state, await state.another(), await state.another()];
    now = at("08:00");
    const results = await Promise.all([...others, ...others].map((each) => tick(ports({ state: each }))));
    expect(results.flatMap(({ failed }) => failed)).toEqual([]);
    expect(results.reduce((sum, { planned }) => sum + planned, 0)).toBe(8);
    expect(await slotsOf(model)).toEqual(slots("01:00", "02:00", "03:00", "04:00", "05:00", "06:00", "07:00", "08:00"));
    expect(await state.outbox.open(100)).toHaveLength(8);
    expect(await tick(ports())).toMatchObject({ planned: 0 });
  });
  test("which a tick had inserted before its cursor was lost is not planned again", async () => {
    const model = await watched({ everyMs: hour });
    now = at("03:00");
    await tick(ports());
    await state.sql("update model set next_slot = $1", [at("02:00").toISOString()]);
    expect(await tick(ports())).toMatchObject({ planned: 0, failed: [] });
    expect((await state.models.get(model.id)).nextSlot).toEqual(at("04:00"));
    expect(await state.outbox.open(100)).toHaveLength(3);
  });
});

describe("after time away", () => {
  test("three days down: every slot is planned, in order", async () => {
    const model = await watched({ everyMs: hour });
    now = at("01:00");
    await tick(ports());
    now = new Date("2026-03-05T01:30:00Z");
    expect(await tick(ports())).toMatchObject({ planned: 72, missed: 0 });
    const checks = await checksOf(model);
    expect(checks).toHaveLength(73);
    for (const [index, check] of checks.entries())
      expect(check.slotAt.getTime()).toBe(at("01:00").getTime() + index * hour);
  });
  test("beyond the cap the oldest are recorded as missed, in rows and in the trail", async () => {
    const model = await watched({ everyMs: hour });
    now = at("10:00");
    expect(await tick(ports({ slotsPerTick: 4 }))).toMatchObject({ planned: 4, missed: 6 });
    const checks = await checksOf(model);
    expect(checks.map(({ state: of }) => of)).toEqual([...Array(6).fill("missed"), ...Array(4).fill("planned")]);
    expect(checks[0]).toMatchObject({ reason: "too many slots were due at once", doneAt: now });
    expect(await state.outbox.open(100)).toHaveLength(4);
    const records = await state.records.list(0, 100);
    const missed = records.filter(({ kind }) => kind === "checks missed");
    expect(missed).toHaveLength(1);
    expect(JSON.parse(missed[0]?.payload ?? "{}")).toMatchObject({
      count: 6,
      from: at("01:00").toISOString(),
      to: at("06:00").toISOString(),
    });
    expect(await tick(ports({ slotsPerTick: 4 }))).toMatchObject({ planned: 0, missed: 0 });
  });
  test("a slot from before a promotion is judged by the champion of its time", async () => {
    const model = await watched({ everyMs: hour });
    const first = (await state.models.get(model.id)).championVersion;
    const second = await promote(model, "v2", at("02:30"));
    now = at("04:00");
    await tick(ports());
    const pinned = (await checksOf(model)).map(({ versionId }) => versionId);
    expect(pinned).toEqual([first, first, second.versionId, second.versionId]);
  });
});

describe("where planning begins", () => {
  test("not before there is a policy and a champion", async () => {
    const model = await state.transaction((tx) => tx.models.ensure("churn", randomIds.next(), at("00:00")));
    now = at("05:30");
    expect(await tick(ports())).toEqual({ planned: 0, missed: 0, failed: [] });
    await apply(model, at("01:30"), { everyMs: hour });
    expect(await tick(ports())).toEqual({ planned: 0, missed: 0, failed: [] });
    await promote(model, "v1", at("03:30"));
    await tick(ports());
    expect(await slotsOf(model)).toEqual(slots("04:00", "05:00"));
  });
});

describe("a schedule that changes in mid-slot", () => {
  test("made finer: its slots begin after the change, none twice", async () => {
    const model = await watched({ everyMs: 6 * hour });
    now = at("06:05");
    await tick(ports());
    await apply(model, at("06:20"), { everyMs: hour / 2 });
    now = at("06:25");
    await tick(ports());
    expect((await state.models.get(model.id)).nextSlot).toEqual(at("06:30"));
    now = at("07:40");
    await tick(ports());
    now = at("12:05");
    await tick(ports());
    const expected = ["06:00", "06:30", "07:00", "07:30", "08:00", "08:30", "09:00", "09:30", "10:00", "10:30"];
    expect(await slotsOf(model)).toEqual(slots(...expected, "11:00", "11:30", "12:00"));
  });
  test("made coarser: the slots of the old one end", async () => {
    const model = await watched({ everyMs: hour });
    now = at("02:10");
    await tick(ports());
    await apply(model, at("02:20"), { everyMs: 6 * hour });
    now = at("13:00");
    await tick(ports());
    expect(await slotsOf(model)).toEqual(slots("01:00", "02:00", "06:00", "12:00"));
  });
  test("while slots wait to settle: those keep their place", async () => {
    const model = await watched({ everyMs: hour }, 30 * 60_000);
    now = at("02:10");
    await tick(ports());
    expect(await slotsOf(model)).toEqual(slots("01:00"));
    await apply(model, at("02:20"), { everyMs: hour }, 30 * 60_000);
    now = at("04:45");
    await tick(ports());
    expect(await slotsOf(model)).toEqual(slots("01:00", "02:00", "03:00", "04:00"));
  });
  test("applied again unchanged: nothing moves", async () => {
    const model = await watched({ everyMs: hour });
    now = at("00:30");
    await tick(ports());
    for (const [appliedAt, then] of [
      ["01:30", "02:00"],
      ["02:00", "02:59"],
      ["03:59", "05:00"],
    ] as const) {
      now = at(then);
      await apply(model, at(appliedAt), { everyMs: hour });
      await tick(ports());
    }
    expect(await slotsOf(model)).toEqual(slots("01:00", "02:00", "03:00", "04:00", "05:00"));
  });
  test("applied while a tick was on its way: that tick leaves it to the next", async () => {
    const model = await watched({ everyMs: hour });
    now = at("03:00");
    const policyOf: TickPorts["policyOf"] = async (seen) => {
      const policy = policies.get(seen.policyRevision ?? "");
      await apply(model, at("02:30"), { everyMs: 3 * hour });
      return policy;
    };
    expect(await tick(ports({ policyOf }))).toMatchObject({ planned: 0, failed: [] });
  });
});

describe("cron in Amsterdam", () => {
  const schedule = { cron: "30 2 * * *", timezone: "Europe/Amsterdam" };
  test.each([
    [
      "the autumn night has the hour twice, the slot comes once",
      "2026-10-23T12:00:00Z",
      "2026-10-26T12:00:00Z",
      ["2026-10-24T00:30:00.000Z", "2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"],
    ],
    [
      "the spring night lacks the hour, the slot comes at its end",
      "2027-03-26T12:00:00Z",
      "2027-03-29T12:00:00Z",
      ["2027-03-27T01:30:00.000Z", "2027-03-28T01:00:00.000Z", "2027-03-29T00:30:00.000Z"],
    ],
  ])("%s, ticked every ten minutes or all at once", async (_, from, to, expected) => {
    for (const stepMs of [10 * 60_000, Date.parse(to) - Date.parse(from)]) {
      const model = await watched(schedule, 0, `every-${stepMs}`);
      await apply(model, new Date(from), schedule);
      for (let time = Date.parse(from); time <= Date.parse(to); time += stepMs) {
        now = new Date(time);
        await tick(ports());
      }
      expect(await slotsOf(model)).toEqual(expected);
    }
  });
});

test("a model that cannot be planned does not hold up the others", async () => {
  const good = await watched({ everyMs: hour }, 0, "a-good");
  await watched({ cron: "at six", timezone: "UTC" }, 0, "b-bad");
  const other = await watched({ everyMs: hour }, 0, "c-good");
  now = at("01:00");
  const { planned, failed } = await tick(ports());
  expect([planned, failed.map(({ model }) => model)]).toEqual([2, ["b-bad"]]);
  expect([await slotsOf(good), await slotsOf(other)]).toEqual([slots("01:00"), slots("01:00")]);
});
test("asked for by a task: one task for a key, closed once all is planned", async () => {
  const model = await watched({ everyMs: hour });
  now = at("01:00");
  await Promise.all([requestTick(state, "demo-1"), requestTick(state, "demo-1")]);
  const [task, ...more] = await state.outbox.open(10);
  expect([task?.kind, more]).toEqual(["tick", []]);
  await tick(ports(), task);
  expect(await slotsOf(model)).toEqual(slots("01:00"));
  expect((await state.outbox.open(10)).map(({ kind }) => kind)).toEqual(["check"]);
});
