import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { DriftwardError } from "../../src/core/errors.ts";
import type { Task, TaskResult } from "../../src/ports/queue.ts";
import type { OpenTask } from "../../src/ports/state.ts";
import { createTaskRunner, type TaskHandler } from "../../workers/handle.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";
import { recordingLogger } from "../support/recording-logger.ts";
import { pause, waitFor } from "../support/wait-for.ts";

let state: TestState;
let logger = recordingLogger();
let serial = 0;

beforeAll(async () => {
  state = await openTestState();
});
afterAll(() => state?.close());
beforeEach(() => {
  logger = recordingLogger();
});

/** A task in the outbox, taken by a relay as one that is about to be handled. */
async function takeOne(): Promise<Task> {
  const key = `task-${serial++}`;
  await state.transaction((tx) => tx.outbox.add([{ key, kind: "check", subject: key }]));
  const taken = (await state.relay.take(new Date(), 60_000, 100)).find((task) => task.key === key);
  if (taken === undefined) throw new Error("the task was not there to take");
  return { id: taken.id, kind: taken.kind, subject: taken.subject, epoch: taken.epoch };
}
const find = async (task: Task): Promise<OpenTask | undefined> =>
  (await state.outbox.open(1_000)).find(({ id }) => id === task.id);
const isClosed = async (task: Task): Promise<boolean> => (await find(task)) === undefined;

interface Calls {
  handled: number;
  givenUp: string[];
}
function runnerOf(
  handle: (task: Task) => Promise<TaskResult>,
  more: { giveUp?: TaskHandler["giveUp"]; leaseMs?: number; maxFailures?: number } = {},
): { run: (data: unknown) => Promise<void>; calls: Calls } {
  const calls: Calls = { handled: 0, givenUp: [] };
  const handler: TaskHandler = {
    handle: (task) => {
      calls.handled += 1;
      return handle(task);
    },
    giveUp: async (task, error) => {
      calls.givenUp.push(error.message);
      await more.giveUp?.(task, error);
    },
  };
  const run = createTaskRunner({
    state,
    logger,
    handlers: { check: handler },
    leaseMs: more.leaseMs ?? 60_000,
    retryOf: () => ({ maxFailures: more.maxFailures ?? 3, firstMs: 10_000, maxMs: 40_000 }),
  });
  return { run, calls };
}

describe("a task that is done", () => {
  test("closed by its handler, in its own transaction", async () => {
    const task = await takeOne();
    const { run, calls } = runnerOf(async ({ id }) => {
      expect(await state.transaction((tx) => tx.outbox.done(id))).toBe(true);
      return { done: true };
    });
    await run(task);
    expect([calls.handled, await isClosed(task)]).toEqual([1, true]);
  });
  test("left open by its handler: closed for it", async () => {
    const task = await takeOne();
    await runnerOf(async () => ({ done: true })).run(task);
    expect(await isClosed(task)).toBe(true);
  });
  test("carried once more: the handler is not called again", async () => {
    const task = await takeOne();
    const { run, calls } = runnerOf(async () => ({ done: true }));
    await run(task);
    await run(task);
    expect(calls.handled).toBe(1);
  });
  test("carried three times at once: fenced by the row, its effect happens once", async () => {
    const task = await takeOne();
    let inside = 0;
    let effects = 0;
    const { run } = runnerOf(async ({ id }) => {
      inside += 1;
      await waitFor("all three to be at it", () => inside === 3);
      await state.transaction(async (tx) => {
        if (await tx.outbox.done(id)) effects += 1;
      });
      return { done: true };
    });
    await Promise.all([run(task), run(task), run(task)]);
    expect([inside, effects]).toEqual([3, 1]);
  });
});

describe("a task that asks to be called again", () => {
  test("stays open, counts no failure, and comes when it said", async () => {
    const task = await takeOne();
    await runnerOf(async () => ({ again: 200 })).run(task);
    expect(await find(task)).toMatchObject({ failures: 0, lastError: undefined });
    const take = async () => (await state.relay.take(new Date(), 60_000, 100)).some(({ id }) => id === task.id);
    expect(await take()).toBe(false);
    await waitFor("its time", take);
  });
  test("work longer than the lease keeps it from others until it ends", async () => {
    const task = await takeOne();
    let ended = false;
    const { run } = runnerOf(
      async () => {
        await pause(2_500);
        ended = true;
        return { done: true };
      },
      { leaseMs: 1_200 },
    );
    const running = run(task);
    while (!ended) {
      const others = await state.relay.take(new Date(), 60_000, 100);
      if (!ended) expect(others.map(({ id }) => id)).not.toContain(task.id);
      await pause(30);
    }
    await running;
    expect(await isClosed(task)).toBe(true);
  });
});

describe("a task that fails", () => {
  const unavailable = () => new DriftwardError("StateUnavailable", "expected an answer, got none");

  test.each([
    ["retryable", unavailable],
    ["unknown", () => new TypeError("undefined is not a function")],
    ["no Error at all", () => "a string"],
  ])("%s: tried again later, with the failure noted, and given up after so many", async (_, error) => {
    const task = await takeOne();
    const { run, calls } = runnerOf(async () => {
      throw error();
    });
    await run(task);
    expect(await find(task)).toMatchObject({ failures: 1, lastError: expect.stringMatching(/none|undefined|string/) });
    expect(calls.givenUp).toEqual([]);
    await run(task);
    await run(task);
    expect([calls.handled, calls.givenUp.length, await isClosed(task)]).toEqual([3, 1, true]);
  });
  test("waits longer each time", async () => {
    const task = await takeOne();
    const { run } = runnerOf(() => Promise.reject(unavailable()), { maxFailures: 10 });
    const dueIn = async () => {
      const [row] = await state.sql(
        "select extract(epoch from due_at - clock_timestamp()) * 1000 as ms from outbox where id = $1",
        [task.id],
      );
      return Number(row?.ms);
    };
    const waits: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      await run(task);
      waits.push(await dueIn());
    }
    for (const [index, most] of [10_000, 20_000, 40_000, 40_000].entries()) {
      expect(waits[index]).toBeLessThanOrEqual(most);
      expect(waits[index]).toBeGreaterThan(most - 9_000);
    }
  });
  test("what a person must mend is given up at once", async () => {
    const task = await takeOne();
    const { run, calls } = runnerOf(() =>
      Promise.reject(new DriftwardError("InvalidData", "expected a column, got none")),
    );
    await run(task);
    expect([calls.handled, calls.givenUp]).toEqual([1, ["expected a column, got none"]]);
    expect(await isClosed(task)).toBe(true);
  });
  test("that cannot even be given up stays open", async () => {
    const task = await takeOne();
    const { run } = runnerOf(() => Promise.reject(new DriftwardError("InvalidData", "bad")), {
      giveUp: () => Promise.reject(unavailable()),
    });
    await run(task);
    expect(await find(task)).toMatchObject({ failures: 1, lastError: "bad" });
  });
  test("after another has done it is not given up", async () => {
    const task = await takeOne();
    const { run, calls } = runnerOf(async ({ id }) => {
      await state.transaction((tx) => tx.outbox.done(id));
      throw new DriftwardError("InvalidData", "too late");
    });
    await run(task);
    expect([calls.givenUp, await isClosed(task)]).toEqual([[], true]);
  });
});

describe("never throws", () => {
  test.each([
    ["nothing", undefined],
    ["no task", { hello: 1 }],
    ["a kind that nobody knows", { id: "1", kind: "dance", subject: "", epoch: 0 }],
    ["an id of a row that is not there", { id: "999999999", kind: "check", subject: "", epoch: 0 }],
  ])("on %s, and calls no handler", async (_, data) => {
    const { run, calls } = runnerOf(async () => ({ done: true }));
    await run(data);
    expect(calls.handled).toBe(0);
  });
  test("when nothing here does its kind: the task stays open", async () => {
    const task = await takeOne();
    const { run } = runnerOf(async () => ({ done: true }));
    await run({ ...task, kind: "run" });
    expect(await isClosed(task)).toBe(false);
    expect(logger.lines.at(-1)).toMatchObject({ level: "error", message: "nothing here does tasks of this kind" });
  });
  test("when the state is away", async () => {
    const other = await openTestState();
    const run = createTaskRunner({
      state: other,
      logger,
      handlers: { check: { handle: async () => ({ done: true }), giveUp: async () => undefined } },
      leaseMs: 1_000,
    });
    await other.close();
    await run({ id: "1", kind: "check", subject: "x", epoch: 0 });
    expect(logger.lines.at(-1)).toMatchObject({ level: "warn", message: "a task is left to its lease" });
  });
});
