import { z } from "zod";
import { DriftwardError } from "../src/core/errors.ts";
import type { Logger } from "../src/ports/logger.ts";
import type { Task, TaskKind, TaskResult } from "../src/ports/queue.ts";
import type { State } from "../src/ports/state.ts";
import { backoffMs, type Retry, taskRoutes } from "./queues.ts";

/**
 * Does the tasks of one kind. It may be called twice for one task, also at once: it closes the task itself, with
 * `tx.outbox.done(task.id)` in the transaction of its effect, and does nothing when that says false.
 */
export interface TaskHandler {
  handle(task: Task): Promise<TaskResult>;
  /** Records that the task will not be done, and closes it in the same transaction. */
  giveUp(task: Task, error: Error): Promise<void>;
}

export type TaskHandlers = Readonly<Partial<Record<TaskKind, TaskHandler>>>;

export interface TaskRunnerParts {
  readonly state: Pick<State, "relay" | "transaction">;
  readonly handlers: TaskHandlers;
  readonly logger: Logger;
  /** Wall time for which nobody else is sent the task; renewed while the handler works. */
  readonly leaseMs: number;
  readonly retryOf?: (kind: TaskKind) => Retry;
}

const taskKinds = Object.keys(taskRoutes) as TaskKind[];

const taskData = z.object({
  id: z.string().min(1),
  kind: z.enum(taskKinds),
  subject: z.string(),
  epoch: z.number().int(),
});

/**
 * Makes the function that a queue calls with what it carried. It never throws: whatever goes wrong, the task's row
 * stays open and its lease runs out.
 */
export function createTaskRunner(parts: TaskRunnerParts): (data: unknown) => Promise<void> {
  return async (data) => {
    const task = taskData.safeParse(data);
    if (!task.success) {
      parts.logger.error({ error: task.error.message }, "a job that is no task was dropped");
      return;
    }
    try {
      await runTask(parts, task.data);
    } catch (error) {
      parts.logger.warn({ task: task.data, error }, "a task is left to its lease");
    }
  };
}

async function runTask(parts: TaskRunnerParts, task: Task): Promise<void> {
  const { state, handlers, logger, leaseMs } = parts;
  const handler = handlers[task.kind];
  if (handler === undefined) {
    logger.error({ task }, "nothing here does tasks of this kind");
    return;
  }
  // Also tells duplicates of what is done, at the price of one statement.
  if ((await state.relay.again(task.id, leaseMs)) === undefined) return;
  const outcome = await whileLeased(parts, task, () => attempt(handler, task));
  if ("result" in outcome) await settle(parts, task, outcome.result);
  else await fail(parts, handler, task, outcome.error);
}

type Outcome = { readonly result: TaskResult } | { readonly error: Error };

async function attempt(handler: TaskHandler, task: Task): Promise<Outcome> {
  try {
    return { result: await handler.handle(task) };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Renews the task's lease in thirds of it until the work ends; the last renewal is over before this returns. */
async function whileLeased<Value>(parts: TaskRunnerParts, task: Task, work: () => Promise<Value>): Promise<Value> {
  const { state, logger, leaseMs } = parts;
  let renewal: Promise<void> = Promise.resolve();
  const renew = async () => {
    try {
      await state.relay.again(task.id, leaseMs);
    } catch (error) {
      logger.warn({ task, error }, "the lease of a task could not be renewed");
    }
  };
  const timer = setInterval(() => {
    renewal = renewal.then(renew);
  }, leaseMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await renewal;
  }
}

async function settle(parts: TaskRunnerParts, task: Task, result: TaskResult): Promise<void> {
  if ("again" in result) await parts.state.relay.again(task.id, result.again);
  else await close(parts, task);
}

async function fail(parts: TaskRunnerParts, handler: TaskHandler, task: Task, error: Error): Promise<void> {
  const { state, logger } = parts;
  const retry = (parts.retryOf ?? ((kind) => taskRoutes[kind].retry))(task.kind);
  const counted = await state.relay.again(task.id, retry.firstMs, error.message);
  if (counted === undefined) {
    logger.info({ task, error }, "a task failed that was done meanwhile");
    return;
  }
  const mendable = !(error instanceof DriftwardError) || error.retryable;
  if (mendable && counted.failures < retry.maxFailures) {
    const afterMs = backoffMs(counted.failures, retry);
    logger.warn({ task, error, failures: counted.failures, afterMs }, "a task failed and will be tried again");
    await state.relay.again(task.id, afterMs);
    return;
  }
  logger.error({ task, error, failures: counted.failures }, "a task is given up");
  try {
    await handler.giveUp(task, error);
    await close(parts, task);
  } catch (problem) {
    logger.error({ task, error: problem }, "giving up a task failed; it stays open");
    await state.relay.again(task.id, retry.maxMs);
  }
}

/** Closes what the handler left open; a task that is closed already stays as it is. */
async function close(parts: TaskRunnerParts, task: Task): Promise<void> {
  await parts.state.transaction((tx) => tx.outbox.done(task.id));
}
