import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { NewTask, OpenTask, State } from "../../src/ports/state.ts";
import { hour, insertSampleModel } from "../support/sample-rows.ts";
import type { GetState } from "./state.ts";

const task = (key: string, more: Partial<NewTask> = {}): NewTask => ({
  key,
  kind: "check",
  subject: randomUUID(),
  ...more,
});
const add = (state: State, ...tasks: NewTask[]) => state.transaction((tx) => tx.outbox.add(tasks));
const done = (state: State, id: string) => state.transaction((tx) => tx.outbox.done(id));
const keysOf = (tasks: readonly OpenTask[]) => tasks.map(({ key }) => key);
const lease = 60_000;

export function describeOutbox(getState: GetState): void {
  describe("outbox", () => {
    afterEach(async () => {
      for (const { id } of await getState().outbox.open(1_000)) await done(getState(), id);
    });

    test("a task is one task however often it is asked for, before and after it is done", async () => {
      const state = getState();
      const key = randomUUID();
      await add(state, task(key, { subject: "first" }), task(key, { subject: "again" }));
      await add(state, task(key));
      const [open, ...more] = await state.outbox.open(10);
      expect(open).toEqual({
        id: expect.any(String),
        key,
        kind: "check",
        subject: "first",
        epoch: 0,
        sends: 0,
        failures: 0,
        lastError: undefined,
      });
      expect(more).toEqual([]);
      expect(await done(state, open?.id ?? "")).toBe(true);
      expect(await done(state, open?.id ?? "")).toBe(false);
      await add(state, task(key));
      expect(await state.outbox.open(10)).toEqual([]);
    });

    test("done is true for one of two that finish at the same moment", async () => {
      const state = getState();
      await add(state, task(randomUUID()));
      const [open] = await state.outbox.open(1);
      const states = [state, await state.another()];
      const ended = await Promise.all(states.map((each) => done(each, open?.id ?? "")));
      expect(ended.filter((each) => each)).toHaveLength(1);
    });

    test("a task waits for its business time, whatever the wall says", async () => {
      const state = getState();
      const [now, later] = [randomUUID(), randomUUID()];
      await add(state, task(now), task(later, { notBefore: hour(5), epoch: 3 }));
      expect(await state.outbox.openCount(hour(4))).toBe(1);
      expect(keysOf(await state.relay.take(hour(4), lease, 10))).toEqual([now]);
      expect(await state.outbox.openCount(hour(5))).toBe(2);
      const taken = await state.relay.take(hour(5), lease, 10);
      expect(taken).toMatchObject([{ key: later, epoch: 3, sends: 1 }]);
    });

    test("two relays never take the same task, and together they take all", async () => {
      const state = getState();
      const other = await state.another();
      const keys = Array.from({ length: 200 }, () => randomUUID());
      await add(state, ...keys.map((key) => task(key)));
      const taken: string[] = [];
      const drain = async (each: State) => {
        for (let tasks = await each.relay.take(hour(0), lease, 7); tasks.length > 0; ) {
          taken.push(...keysOf(tasks));
          tasks = await each.relay.take(hour(0), lease, 7);
        }
      };
      await Promise.all([drain(state), drain(other), drain(state), drain(other)]);
      while (taken.length < 200) await drain(state);
      expect(taken).toHaveLength(200);
      expect(new Set(taken)).toEqual(new Set(keys));
    });

    test("a task that another relay is just taking is passed over, not waited for", async () => {
      const state = getState();
      const [held, free] = [randomUUID(), randomUUID()];
      await add(state, task(held), task(free));
      const client = state.sql(
        `begin; select from outbox where key = '${held}' for update; select pg_sleep(3); commit`,
      );
      await sleep(500);
      const begun = Date.now();
      expect(keysOf(await state.relay.take(hour(0), lease, 10))).toEqual([free]);
      expect(Date.now() - begun).toBeLessThan(2_000);
      await client;
    });

    test("a task that is not done when its lease runs out is sent again, and counts its sends", async () => {
      const state = getState();
      await add(state, task(randomUUID()));
      expect(await state.relay.take(hour(0), 250, 10)).toMatchObject([{ sends: 1 }]);
      expect(await state.relay.take(hour(0), 250, 10)).toEqual([]);
      await sleep(300);
      const [again] = await state.relay.take(hour(0), 250, 10);
      expect(again).toMatchObject({ sends: 2 });
      await done(state, again?.id ?? "");
      await sleep(300);
      expect(await state.relay.take(hour(0), 250, 10)).toEqual([]);
    });

    test("a task that is handed back comes after its delay, with what went wrong", async () => {
      const state = getState();
      await add(state, task(randomUUID()));
      const [{ id } = { id: "" }] = await state.relay.take(hour(0), lease, 10);
      expect(await state.relay.again(id, 200, "first\u0000 error")).toEqual({ failures: 1 });
      expect(await state.relay.take(hour(0), lease, 10)).toEqual([]);
      await sleep(250);
      const [again] = await state.relay.take(hour(0), lease, 10);
      expect(again).toMatchObject({ id, sends: 2, failures: 1, lastError: "first error" });
      expect(await state.relay.again(id, 0)).toEqual({ failures: 1 });
      expect(await state.relay.take(hour(0), lease, 10)).toMatchObject([{ failures: 1, lastError: "first error" }]);
      await done(state, id);
      expect(await state.relay.again(id, 0, "too late")).toBeUndefined();
      expect(await state.relay.take(hour(0), lease, 10)).toEqual([]);
    });

    test("a commit wakes listeners in other processes, a rollback wakes nobody", async () => {
      const state = getState();
      let wakes = 0;
      const listener = await (await state.another()).relay.listen(() => {
        wakes += 1;
      });
      const broken = state.transaction(async (tx) => {
        await tx.outbox.add([task(randomUUID())]);
        throw new Error("no");
      });
      await expect(broken).rejects.toThrow("no");
      await sleep(150);
      expect(wakes).toBe(0);
      await add(state, task(randomUUID()));
      for (let waited = 0; wakes === 0 && waited < 2_000; waited += 10) await sleep(10);
      expect(wakes).toBe(1);
      await listener.close();
      await add(state, task(randomUUID()));
      await sleep(150);
      expect(wakes).toBe(1);
    });

    test("a transaction that is rolled back leaves neither task nor record nor row", async () => {
      const state = getState();
      const { modelId } = await insertSampleModel(state);
      const before = await state.records.list(1, 1_000);
      const work = state.transaction(async (tx) => {
        await tx.models.update(modelId, { logSeq: 7 });
        await tx.outbox.add([task(randomUUID())]);
        const actor = { kind: "system", id: "driftward" } as const;
        await tx.records.append({ actor, at: hour(0), kind: "tried", subject: modelId, payload: {} });
        throw new Error("no");
      });
      await expect(work).rejects.toThrow("no");
      expect(await state.outbox.open(10)).toEqual([]);
      expect(await state.records.list(1, 1_000)).toEqual(before);
      expect((await state.models.get(modelId)).logSeq).toBe(0);
    });

    test("tasks added in opposite order by two transactions are both added", async () => {
      const state = getState();
      const keys = Array.from({ length: 300 }, () => randomUUID());
      const tasks = keys.map((key) => task(key));
      await Promise.all([add(state, ...tasks), add(state, ...tasks.toReversed())]);
      expect(await state.outbox.openCount(hour(0))).toBe(300);
    });
  });
}
