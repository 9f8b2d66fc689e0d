import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { Clock } from "../../src/ports/clock.ts";
import type { QueueName, Task } from "../../src/ports/queue.ts";
import type { State } from "../../src/ports/state.ts";
import { type Relay, type RelayOptions, startRelay } from "../../workers/relay.ts";
import { openTestPostgres, type TestPostgres } from "../support/open-test-postgres.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";
import { recordingLogger } from "../support/recording-logger.ts";
import { pause, waitFor } from "../support/wait-for.ts";

const wallClock: Clock = { now: () => new Date() };
let server: TestPostgres;
let state: TestState;
let relays: Relay[] = [];

beforeAll(async () => {
  server = await openTestPostgres();
});
afterAll(() => server?.release());
beforeEach(async () => {
  state = await openTestState({ connection: server.connection });
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.close()));
  relays = [];
  await state.close();
});

interface Sent {
  readonly queue: QueueName;
  readonly jobId: string;
  readonly task: Task;
}
/** A queue that keeps what it is given, and fails when told to. */
function recordingQueue(fails: (sent: Sent) => boolean = () => false) {
  const sent: Sent[] = [];
  return {
    sent,
    async add(queue: QueueName, jobId: string, task: Task) {
      if (fails({ queue, jobId, task })) throw new Error("the queue is away");
      sent.push({ queue, jobId, task });
    },
  };
}
function relay(
  queue: ReturnType<typeof recordingQueue>,
  options: RelayOptions = {},
  parts: { clock?: Clock; state?: Pick<State, "relay"> } = {},
): Relay {
  const logger = recordingLogger();
  const started = startRelay({ state, clock: wallClock, queue, logger, options: { pollMs: 50, ...options }, ...parts });
  relays.push(started);
  return started;
}
const addTasks = (count: number, notBefore?: Date) =>
  state.transaction((tx) =>
    tx.outbox.add(
      Array.from({ length: count }, (_, n) => ({
        key: `task-${n}`,
        kind: "check",
        subject: `s-${n}`,
        epoch: n,
        ...(notBefore === undefined ? {} : { notBefore }),
      })),
    ),
  );

test("sends a task to its queue, under an id without colons that tells the sends apart", async () => {
  const queue = recordingQueue();
  relay(queue, { leaseMs: 200 });
  await addTasks(1);
  await waitFor("a second send, after the lease", () => queue.sent.length >= 2);
  const id = queue.sent[0]?.task.id;
  expect(queue.sent[0]).toEqual({
    queue: "checks",
    jobId: `ob-${id}-1`,
    task: { id, kind: "check", subject: "s-0", epoch: 0 },
  });
  expect(queue.sent[1]?.jobId).toBe(`ob-${id}-2`);
});
test("is told of new tasks and need not poll", async () => {
  const queue = recordingQueue();
  relay(queue, { pollMs: 60_000 });
  await pause(200);
  await addTasks(1);
  await waitFor("the task", () => queue.sent.length === 1);
});
test("polls, since a notice may be lost", async () => {
  const queue = recordingQueue();
  relay(queue);
  await pause(100);
  await state.sql(
    "insert into outbox (key, kind, subject, not_before, due_at) values ('quiet', 'run', 'r', '-infinity', now())",
  );
  await waitFor("the task", () => queue.sent.length === 1);
  expect(queue.sent[0]?.queue).toBe("runs");
});
test("two relays send each task once", async () => {
  const [one, two] = [recordingQueue(), recordingQueue()];
  relay(one, { limit: 7 });
  relay(two, { limit: 7 }, { state: await state.another() });
  await addTasks(200);
  await waitFor("all tasks", () => one.sent.length + two.sent.length >= 200);
  await pause(150);
  const ids = [...one.sent, ...two.sent].map(({ jobId }) => jobId);
  expect(ids).toHaveLength(200);
  expect(new Set(ids).size).toBe(200);
});
test("a task that a killed relay had taken is sent by another once the lease is over, not before", async () => {
  await addTasks(1);
  const takenAt = Date.now();
  expect(await state.relay.take(new Date(), 600, 10)).toHaveLength(1);
  const queue = recordingQueue();
  relay(queue);
  await waitFor("the task", () => queue.sent.length === 1);
  expect(Date.now() - takenAt).toBeGreaterThanOrEqual(590);
  expect(queue.sent[0]?.jobId).toMatch(/-2$/);
});
test("what the queue does not take is sent again soon, and does not hold up the rest", async () => {
  let refusals = 0;
  const queue = recordingQueue(({ task }) => task.subject === "s-3" && refusals++ < 2);
  relay(queue, { leaseMs: 60_000 });
  await addTasks(5);
  await waitFor("all five", () => queue.sent.length === 5);
  expect(queue.sent.at(-1)?.task.subject).toBe("s-3");
  expect(queue.sent.at(-1)?.jobId).toMatch(/-3$/);
});
test("goes on when the state is away for a while", async () => {
  const queue = recordingQueue();
  let failures = 0;
  const shaky: State["relay"] = {
    ...state.relay,
    take: (...args) => (failures++ < 2 ? Promise.reject(new Error("away")) : state.relay.take(...args)),
    listen: () => Promise.reject(new Error("away")),
  };
  relay(queue, {}, { state: { relay: shaky } });
  await addTasks(1);
  await waitFor("the task", () => queue.sent.length === 1);
});
test("a task waits for its business time, whatever the wall clock says", async () => {
  let now = new Date("2030-01-01T00:00:00Z");
  const queue = recordingQueue();
  relay(queue, {}, { clock: { now: () => now } });
  await addTasks(1, new Date("2030-01-02T00:00:00Z"));
  await pause(250);
  expect(queue.sent).toEqual([]);
  now = new Date("2030-01-02T00:00:00Z");
  await waitFor("the task", () => queue.sent.length === 1);
});
test("a kind of a newer version is left alone, and what is known goes on", async () => {
  const queue = recordingQueue();
  await state.sql(
    "insert into outbox (key, kind, subject, not_before, due_at) values ('new', 'dance', 'd', '-infinity', now())",
  );
  relay(queue);
  await addTasks(1);
  await waitFor("the known one", () => queue.sent.length === 1);
});
test("close waits for the batch in hand and takes no more", async () => {
  const queue = recordingQueue();
  let release: (() => void) | undefined;
  const slow = {
    ...queue,
    add: async (...args: Parameters<typeof queue.add>) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await queue.add(...args);
    },
  };
  const started = relay(slow);
  await addTasks(1);
  await waitFor("a batch in hand", () => release !== undefined);
  let closed = false;
  const closing = started.close().then(() => {
    closed = true;
  });
  await pause(100);
  expect(closed).toBe(false);
  release?.();
  await closing;
  expect(queue.sent).toHaveLength(1);
});
