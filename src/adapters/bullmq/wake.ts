import type { Worker } from "../../ports/queue.ts";
import type { Producer } from "./carrier.ts";
import { endWithin, inTime } from "./in-time.ts";

export interface WakeParts {
  readonly producer: Producer;
  readonly worker: Worker;
  readonly everyMs: number;
  readonly jobOptions: object;
  readonly report: (error: Error) => void;
  readonly answerMs: number;
}

const schedulerId = "wake";

/**
 * Keeps BullMQ's job scheduler going. An emptied Redis forgets the scheduler, and a kill between two of its steps can
 * break its chain, so each process looks now and then whether the next wake-up is planned, and plans it otherwise.
 */
export async function startWake(parts: WakeParts): Promise<Worker> {
  const { producer, worker, everyMs, jobOptions, report, answerMs } = parts;
  const plan = () =>
    producer.upsertJobScheduler(schedulerId, { every: everyMs }, { name: schedulerId, opts: jobOptions });
  const look = async () => {
    const scheduler = await producer.getJobScheduler(schedulerId);
    const next = scheduler?.next ?? 0;
    if (next < Date.now() - 5 * everyMs) await plan();
  };
  await inTime(answerMs, "the queue's server", plan()).catch(report);
  const lookout = setInterval(() => void look().catch(report), Math.max(5 * everyMs, 1_000));
  return {
    async close() {
      clearInterval(lookout);
      await worker.close();
      await endWithin(5_000, producer.close());
    },
  };
}
