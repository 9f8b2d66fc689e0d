import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { createBullMqQueue } from "../../src/adapters/bullmq/queue.ts";
import type { Queue, Task } from "../../src/ports/queue.ts";
import { type Child, startChild } from "../support/child.ts";
import type { QueueServer } from "../support/queue-servers.ts";
import { recordingLogger } from "../support/recording-logger.ts";
import { pause, waitFor } from "../support/wait-for.ts";

const short = { concurrency: 2, lockMs: 600, stalledEveryMs: 300 };
const task = (id: string, subject = "0"): Task => ({ id, kind: "check", subject, epoch: 0 });

/** What every carrier of tasks must hold to, whatever its server. */
export function describeQueue(name: string, start: () => Promise<QueueServer>): void {
  describe(`a queue on ${name}`, () => {
    let server: QueueServer;
    let serial = 0;
    let opened: Queue[] = [];
    let children: Child[] = [];

    beforeAll(async () => {
      server = await start();
    });
    afterEach(async () => {
      await Promise.all(children.map((child) => child.kill()));
      await Promise.all(opened.map((queue) => queue.close()));
      children = [];
      opened = [];
    });
    afterAll(() => server?.stop());

    const nextPrefix = () => `t${process.pid}-${serial++}`;
    function open(prefix: string): Queue {
      const logger = recordingLogger();
      const wake = { lockMs: short.lockMs, stalledEveryMs: short.stalledEveryMs };
      const queue = createBullMqQueue({ backend: server.backend, prefix, logger, answerMs: 3_000, wake });
      opened.push(queue);
      return queue;
    }
    async function openChild(prefix: string): Promise<Child> {
      const argument = { backend: server.backend, prefix, options: { ...short, concurrency: 1 } };
      const child = startChild(new URL("./queue-worker.ts", import.meta.url), argument);
      children.push(child);
      await child.line("ready");
      return child;
    }
    /** Works `checks` and collects what comes. */
    async function collect(
      queue: Queue,
      takesMs = 0,
    ): Promise<{ got: Task[]; ended: string[]; close(): Promise<void> }> {
      const got: Task[] = [];
      const ended: string[] = [];
      const worker = await queue.work("checks", short, async (data) => {
        got.push(data as Task);
        await pause(takesMs);
        ended.push((data as Task).id);
      });
      return { got, ended, close: () => worker.close() };
    }

    test("delivers what was added, as it was, to its queue alone", async () => {
      const queue = open(nextPrefix());
      const { got } = await collect(queue);
      const odd = { id: "2", kind: "check", subject: 'churn/NL:"ü"', epoch: 3 } as const;
      await queue.add("notices", "ob-9-1", task("9"));
      await Promise.all([queue.add("checks", "ob-1-1", task("1")), queue.add("checks", "ob-2-1", odd)]);
      await waitFor("two tasks", () => got.length === 2);
      await pause(100);
      expect([...got].sort((a, b) => a.id.localeCompare(b.id))).toEqual([task("1"), odd]);
    });

    test("drops an id that it still holds, and takes it again afterwards", async () => {
      const queue = open(nextPrefix());
      await queue.add("checks", "ob-1-1", task("1"));
      await queue.add("checks", "ob-1-1", task("1"));
      const { got } = await collect(queue);
      await waitFor("the task", () => got.length > 0);
      await pause(150);
      expect(got).toHaveLength(1);
      await queue.add("checks", "ob-1-1", task("1"));
      await waitFor("the task again", () => got.length === 2);
    });

    test("works as many at once as it may, not more", async () => {
      const queue = open(nextPrefix());
      let now = 0;
      let most = 0;
      let done = 0;
      await queue.work("checks", { ...short, concurrency: 3 }, async () => {
        now += 1;
        most = Math.max(most, now);
        await pause(60);
        now -= 1;
        done += 1;
      });
      await Promise.all(Array.from({ length: 12 }, (_, i) => queue.add("checks", `ob-${i}-1`, task(String(i)))));
      await waitFor("all twelve", () => done === 12);
      expect(most).toBe(3);
    });

    test("a handler that throws ends neither the process nor the worker, and is not called again", async () => {
      const queue = open(nextPrefix());
      const got: string[] = [];
      await queue.work("checks", short, async (data) => {
        got.push((data as Task).id);
        throw new Error("as a bug would");
      });
      await queue.add("checks", "ob-1-1", task("1"));
      await queue.add("checks", "ob-2-1", task("2"));
      await waitFor("both", () => got.length === 2);
      await pause(short.lockMs + 2 * short.stalledEveryMs);
      expect(got.sort()).toEqual(["1", "2"]);
    });

    test("what a killed process had in hand comes to another", async () => {
      const prefix = nextPrefix();
      const queue = open(prefix);
      const child = await openChild(prefix);
      await queue.add("checks", "ob-1-1", task("1", "60000"));
      await child.line("start 1");
      await child.kill();
      const { got } = await collect(queue);
      await waitFor("the killed process's task", () => got.length === 1);
    });

    test("a process stopped past its lock: another gets the task, and it goes on unharmed", async () => {
      const prefix = nextPrefix();
      const queue = open(prefix);
      const child = await openChild(prefix);
      await queue.add("checks", "ob-1-1", task("1", "400"));
      await child.line("start 1");
      child.signal("SIGSTOP");
      const other = await collect(queue);
      await waitFor("the stopped process's task", () => other.ended.includes("1"));
      await other.close();
      child.signal("SIGCONT");
      await child.line("end 1");
      await queue.add("checks", "ob-2-1", task("2"));
      await child.line("end 2");
    });

    test("close waits for work in hand and takes no more", async () => {
      const queue = open(nextPrefix());
      const worker = await collect(queue, 300);
      await Promise.all(["1", "2", "3", "4"].map((id) => queue.add("checks", `ob-${id}-1`, task(id))));
      await waitFor("two in hand", () => worker.got.length === 2);
      await worker.close();
      expect(worker.ended).toHaveLength(2);
      await pause(400);
      expect(worker.got).toHaveLength(2);
      const next = await collect(queue);
      await waitFor("the rest", () => next.got.length === 2);
    });

    test("broken connections end nothing: tasks come through before and after", async () => {
      const queue = open(nextPrefix());
      const { got } = await collect(queue);
      await queue.add("checks", "ob-0-1", task("0"));
      await waitFor("the first task", () => got.length === 1);
      await server.disturb();
      let sends = 0;
      await waitFor("a task after the disturbance", async () => {
        sends += 1;
        await queue.add("checks", `ob-1-${sends}`, task("1")).catch(() => undefined);
        await pause(100);
        return got.some(({ id }) => id === "1");
      });
    });

    test("an emptied server carries on", async () => {
      const queue = open(nextPrefix());
      const { got, ended } = await collect(queue, 200);
      await queue.add("checks", "ob-1-1", task("1"));
      await waitFor("one in hand", () => got.length === 1);
      await queue.add("checks", "ob-2-1", task("2"));
      await server.empty();
      await waitFor("the one in hand to end", () => ended.includes("1"));
      await queue.add("checks", "ob-3-1", task("3"));
      await waitFor("a task after that", () => ended.includes("3"));
    });

    test("wakes one of those who ask, about as often as asked, and after being emptied too", async () => {
      const prefix = nextPrefix();
      const wakes: number[] = [];
      const workers = await Promise.all(
        [open(prefix), open(prefix)].map((queue) =>
          queue.wakeEvery(200, async () => {
            wakes.push(Date.now());
            if (wakes.length === 2) throw new Error("as a bug would");
          }),
        ),
      );
      await waitFor("wake-ups", () => wakes.length >= 5);
      const first = wakes[0] ?? 0;
      await pause(1_000);
      // Both planned it: still one wake-up in 200 ms, give or take one at each end.
      expect(wakes.length).toBeLessThanOrEqual((Date.now() - first) / 200 + 3);
      await server.empty();
      const before = wakes.length;
      await waitFor("wake-ups after being emptied", () => wakes.length >= before + 3);
      await Promise.all(workers.map((worker) => worker.close()));
      const after = wakes.length;
      await pause(500);
      expect(wakes).toHaveLength(after);
    });
  });
}
