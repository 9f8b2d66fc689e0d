import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { createBullMqQueue } from "../../src/adapters/bullmq/queue.ts";
import { systemClock } from "../../src/adapters/clock/system-clock.ts";
import { randomIds } from "../../src/adapters/ids.ts";
import { DriftwardError } from "../../src/core/errors.ts";
import type { Queue, Worker } from "../../src/ports/queue.ts";
import type { TaskHandler } from "../../workers/handle.ts";
import { startWorkers, type Workers, type WorkersParts } from "../../workers/main.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";
import { recordingLogger } from "../support/recording-logger.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { pause, waitFor } from "../support/wait-for.ts";

let redis: RedisServer;
let state: TestState;
let serial = 0;
let closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  [redis, state] = await Promise.all([startRedis(), openTestState()]);
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});
afterAll(async () => {
  await Promise.all([redis?.stop(), state?.close()]);
});

async function start(
  more: Partial<WorkersParts> = {},
): Promise<Workers & { logger: ReturnType<typeof recordingLogger> }> {
  const logger = recordingLogger();
  const queue = createBullMqQueue({ backend: { redis: { url: redis.url } }, prefix: `m${serial++}`, logger });
  closers.push(() => queue.close());
  const policyOf = async () => undefined;
  const parts = { state, queue, clock: systemClock, ids: randomIds, policyOf, handlers: {}, logger };
  const workers = await startWorkers({ ...parts, ...more });
  closers.push(() => workers.drain());
  return { ...workers, logger };
}
function handlerOf(handle: TaskHandler["handle"]): TaskHandler {
  return { handle, giveUp: async () => undefined };
}
const addTask = (key: string) => state.transaction((tx) => tx.outbox.add([{ key, kind: "notify", subject: key }]));
const openKeys = async () => (await state.outbox.open(100)).map(({ key }) => key);

describe("workers", () => {
  test("do a task that is added while they run, and those that were there before", async () => {
    await addTask("before");
    const done: string[] = [];
    const notify = handlerOf(async ({ subject }) => {
      done.push(subject);
      return { done: true };
    });
    await start({ handlers: { notify } });
    await addTask("after");
    await waitFor("both tasks", async () => (await openKeys()).length === 0);
    expect(done.sort()).toEqual(["after", "before"]);
  });
  test("wake the tick, and do ticks that are asked for by a task", async () => {
    let listed = 0;
    const list = async () => {
      listed += 1;
      return [];
    };
    const models = { ...state.models, list };
    await start({ state: { ...state, models }, options: { tickEveryMs: 100 } });
    await waitFor("three ticks", () => listed >= 3);
    await state.transaction((tx) => tx.outbox.add([{ key: "tick-now", kind: "tick", subject: "" }]));
    await waitFor("the task to be closed", async () => (await openKeys()).length === 0);
  });
});

describe("drain", () => {
  test("waits for work in hand, then nothing is taken any more; twice is as once", async () => {
    let ended = false;
    let started = 0;
    const notify = handlerOf(async () => {
      started += 1;
      await pause(300);
      ended = true;
      return { done: true };
    });
    const workers = await start({ handlers: { notify } });
    await addTask("in hand");
    await waitFor("work in hand", () => started === 1);
    await Promise.all([workers.drain(), workers.drain()]);
    expect([ended, await openKeys()]).toEqual([true, []]);
    await addTask("too late");
    await pause(1_200);
    expect([started, await openKeys()]).toEqual([1, ["too late"]]);
    await state.sql("delete from outbox");
  });
  test("does not wait for ever: what goes on too long is left to its lease", async () => {
    let release = (): void => undefined;
    const notify = handlerOf(
      () =>
        new Promise((resolve) => {
          release = () => resolve({ done: true });
        }),
    );
    const idle = release;
    const { drain, logger } = await start({ handlers: { notify }, options: { drainMs: 300 } });
    await addTask("endless");
    await waitFor("work in hand", () => release !== idle);
    const before = Date.now();
    await drain();
    expect(Date.now() - before).toBeLessThan(60_000);
    expect(logger.lines.at(-1)?.message).toMatch(/left to its leases/);
    expect(await openKeys()).toEqual(["endless"]);
    release();
    await waitFor("its end", async () => (await openKeys()).length === 0);
  });
});

test("a queue that fails at the start is told, and what had started is closed", async () => {
  let open = 0;
  const worker = (): Worker => {
    open += 1;
    return {
      close: async () => {
        open -= 1;
      },
    };
  };
  const queue: Queue = {
    add: async () => undefined,
    wakeEvery: async () => worker(),
    work: async (name) => {
      if (name === "runs") throw new DriftwardError("StateUnavailable", "expected an answer, got none");
      return worker();
    },
    close: async () => undefined,
  };
  await expect(start({ queue })).rejects.toMatchObject({ code: "StateUnavailable" });
  expect(open).toBe(0);
});
