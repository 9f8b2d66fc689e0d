import { type SelectQueryBuilder, sql } from "kysely";
import type { TaskKind } from "../../ports/queue.ts";
import type { NewTask, OpenTask, StateReads, StateWrites } from "../../ports/state.ts";
import type { Database, Tables } from "./tables.ts";
import { hasChanged } from "./transition.ts";

/** PostgreSQL cuts names at 63 bytes; a schema's name leaves room for the prefix or is cut alike on both sides. */
export const outboxChannel = (schema: string) => Buffer.from(`outbox_${schema}`).subarray(0, 63).toString();

export const taskColumns = ["id", "key", "kind", "subject", "epoch", "sends", "failures", "lastError"] as const;

type TaskColumns = Pick<Tables["outbox"], "key" | "kind" | "subject" | "epoch"> & {
  readonly id: number;
  readonly sends: number;
  readonly failures: number;
  readonly lastError: string | null;
};

export function toOpenTask(row: TaskColumns): OpenTask {
  return { ...row, id: String(row.id), kind: row.kind as TaskKind, lastError: row.lastError ?? undefined };
}

const openTasks = (db: Database): SelectQueryBuilder<Tables, "outbox", object> =>
  db.selectFrom("outbox").where("doneAt", "is", null);

export const outboxReads = (db: Database): StateReads["outbox"] => ({
  async openCount(now) {
    const query = openTasks(db)
      .where("notBefore", "<=", now)
      .select((row) => row.fn.countAll<number>().as("open"));
    return (await query.executeTakeFirstOrThrow()).open;
  },
  async open(limit) {
    return (await openTasks(db).select(taskColumns).orderBy("id").limit(limit).execute()).map(toOpenTask);
  },
});

/** Business time of a task without one: always past. */
const always = "-infinity";

const toRow = (task: NewTask) => ({
  key: task.key,
  kind: task.kind,
  subject: task.subject,
  epoch: task.epoch ?? 0,
  notBefore: task.notBefore ?? always,
  dueAt: sql<Date>`clock_timestamp()`,
});

/** Two transactions that add the same keys in another order would wait for each other. */
const byKey = (a: NewTask, b: NewTask) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

export const outboxWrites = (db: Database, schema: string): StateWrites["outbox"] => ({
  async add(tasks) {
    if (tasks.length === 0) return;
    await db
      .insertInto("outbox")
      .values([...tasks].sort(byKey).map(toRow))
      .onConflict((conflict) => conflict.column("key").doNothing())
      .execute();
    await sql`select pg_notify(${outboxChannel(schema)}, '')`.execute(db);
  },
  async done(taskId) {
    const query = db.updateTable("outbox").set({ doneAt: sql<Date>`clock_timestamp()` });
    return hasChanged(await query.where("id", "=", Number(taskId)).where("doneAt", "is", null).executeTakeFirst());
  },
});
