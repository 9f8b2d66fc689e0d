import { sql } from "kysely";
import pg from "pg";
import type { OutboxRelay } from "../../ports/state.ts";
import { toStateError } from "./errors.ts";
import { outboxChannel, taskColumns, toOpenTask } from "./outbox.ts";
import { clientConfig, type PostgresConnection, quoteName } from "./pool.ts";
import type { Database } from "./tables.ts";

const longestError = 2_000;
const reconnectAfterMs = 1_000;

/** Wall time of the database's server, so that clocks of several machines need not agree. */
const afterMs = (milliseconds: number) =>
  sql<Date>`clock_timestamp() + ${milliseconds}::double precision * interval '1 millisecond'`;

/** A session that listens, and that is made anew when it breaks. */
async function listen(connection: PostgresConnection, channel: string, wake: () => void) {
  let session: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;
  const open = async () => {
    const config = clientConfig(connection);
    const client = new pg.Client({ ...config, application_name: `${config.application_name} relay` });
    session = client;
    client.on("error", () => undefined);
    client.on("notification", wake);
    client.once("end", () => {
      if (!isClosed) retry = setTimeout(reopen, reconnectAfterMs);
    });
    await client.connect();
    await client.query(`listen ${quoteName(channel)}`);
  };
  const reopen = () => {
    // What was told while nobody listened is asked for by the wake-up; a failed connect ends the client, which retries.
    open().then(wake, () => session?.end());
  };
  await open().catch((error: unknown) => {
    isClosed = true;
    throw toStateError(error);
  });
  return {
    async close() {
      isClosed = true;
      clearTimeout(retry);
      await session?.end();
    },
  };
}

export const outboxRelay = (db: Database, connection: PostgresConnection, schema: string): OutboxRelay => ({
  async take(now, leaseMs, limit) {
    const rows = await db
      .with("due", (query) =>
        query
          .selectFrom("outbox")
          .select("id")
          .where("doneAt", "is", null)
          .where("notBefore", "<=", now)
          .where("dueAt", "<=", sql<Date>`clock_timestamp()`)
          .orderBy("dueAt")
          .orderBy("id")
          .limit(limit)
          .forUpdate()
          .skipLocked(),
      )
      .updateTable("outbox")
      .from("due")
      .set((row) => ({ dueAt: afterMs(leaseMs), sends: row("sends", "+", 1) }))
      .whereRef("outbox.id", "=", "due.id")
      .returning(taskColumns.map((column) => `outbox.${column}` as const))
      .execute();
    return rows.map(toOpenTask).sort((a, b) => Number(a.id) - Number(b.id));
  },
  async again(taskId, milliseconds, error) {
    const problem = error?.replaceAll("\u0000", "").slice(0, longestError);
    return db
      .updateTable("outbox")
      .set((row) => ({
        dueAt: afterMs(milliseconds),
        ...(problem === undefined ? {} : { failures: row("failures", "+", 1), lastError: problem }),
      }))
      .where("id", "=", Number(taskId))
      .where("doneAt", "is", null)
      .returning("failures")
      .executeTakeFirst();
  },
  listen: (wake) => listen(connection, outboxChannel(schema), wake),
});
