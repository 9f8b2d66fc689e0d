// A process of its own with relay, queues and stages that do nothing but leave a mark: one record for each task, in the
// transaction that closes it. A chain runs count, check, run, notify; each step asks for the next.
import { createBullMqQueue } from "../../src/adapters/bullmq/queue.ts";
import { systemClock } from "../../src/adapters/clock/system-clock.ts";
import { randomIds } from "../../src/adapters/ids.ts";
import { openPostgresState } from "../../src/adapters/postgres/open-postgres-state.ts";
import type { Task, TaskKind } from "../../src/ports/queue.ts";
import type { StateTransaction } from "../../src/ports/state.ts";
import type { TaskHandler } from "../../workers/handle.ts";
import { startWorkers } from "../../workers/main.ts";
import { pause } from "../support/wait-for.ts";

const { connection, schema, backend, prefix, options, pauses = {} } = JSON.parse(process.argv[2] ?? "{}");
const print = (line: string) => process.stdout.write(`${line}\n`);
const quiet = () => undefined;
const logger = {
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: (_: object, message: string) => print(`error: ${message}`),
};

const next: Partial<Record<TaskKind, TaskKind>> = { count: "check", check: "run", run: "notify" };

async function leaveMark(tx: StateTransaction, task: Task): Promise<boolean> {
  if (!(await tx.outbox.done(task.id))) return false;
  const then = next[task.kind];
  if (then !== undefined) await tx.outbox.add([{ key: `${task.subject}-${then}`, kind: then, subject: task.subject }]);
  if (pauses.inside !== undefined) {
    print(`inside ${task.subject}`);
    await pause(pauses.inside);
  }
  await tx.records.append({
    actor: { kind: "system", id: "test" },
    at: new Date(),
    kind: task.kind,
    subject: task.subject,
    payload: {},
  });
  return true;
}

const state = await openPostgresState({ connection, schema, poolSize: 4 });
const queue = createBullMqQueue({ backend, prefix, logger, wake: { lockMs: 600, stalledEveryMs: 300 } });
const handler: TaskHandler = {
  async handle(task) {
    print(`start ${task.subject} ${task.kind}`);
    await pause(pauses.before ?? 0);
    const took = await state.transaction((tx) => leaveMark(tx, task));
    print(`${took ? "took" : "left"} ${task.subject} ${task.kind}`);
    return { done: true };
  },
  giveUp: async (task, error) => {
    print(`gave up ${task.subject}: ${error.message}`);
  },
};
const handlers = { count: handler, check: handler, run: handler, notify: handler };
const policyOf = async () => undefined;
const workers = await startWorkers({
  state,
  queue,
  clock: systemClock,
  ids: randomIds,
  policyOf,
  handlers,
  logger,
  options,
});
print("ready");
process.once("SIGTERM", async () => {
  await workers.drain();
  await queue.close();
  await state.close();
  print("drained");
});
