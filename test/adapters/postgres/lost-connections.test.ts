import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPostgresState } from "../../../src/adapters/postgres/open-postgres-state.ts";
import { openPool, type PostgresConnection } from "../../../src/adapters/postgres/pool.ts";
import type { State } from "../../../src/ports/state.ts";
import { openTestState, type TestState } from "../../support/open-test-state.ts";
import { hour, insertSampleModel } from "../../support/sample-rows.ts";
import { waitFor } from "../../support/wait-for.ts";

/** Names the sessions of the state under test, so that others on the server are left alone. */
const name = `lost ${randomUUID()}`;
let outer: TestState;
let connection: PostgresConnection;
let state: State;

beforeAll(async () => {
  outer = await openTestState();
  connection = { ...(outer.connection as object), application_name: name };
  state = await openPostgresState({ connection, schema: outer.schema, poolSize: 3 });
});
afterAll(async () => {
  await state.close();
  await outer.close();
});

/** Ends sessions as an administrator or a restart would; gives how many. */
async function cut(application: string): Promise<number> {
  const rows = await outer.sql(
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1 and datname = current_database()",
    [application],
  );
  return rows.length;
}

describe("lost connections", () => {
  test("idle ones are replaced", async () => {
    await Promise.all([1, 2, 3].map(() => state.models.list()));
    expect(await cut(name)).toBeGreaterThan(0);
    await sleep(100);
    await expect(state.models.list()).resolves.toEqual(expect.any(Array));
  });

  test("one in the middle of a transaction is StateUnavailable, leaves nothing, and the next one works", async () => {
    const { modelId } = await insertSampleModel(state);
    const work = state.transaction(async (tx) => {
      await tx.models.update(modelId, { logSeq: 5 });
      await cut(name);
      await sleep(100);
      await tx.models.update(modelId, { logSeq: 6 });
    });
    await expect(work).rejects.toMatchObject({ code: "StateUnavailable", hint: expect.stringContaining("try again") });
    expect((await state.models.get(modelId)).logSeq).toBe(0);
  });

  test("a listener listens again, and is woken for what it may have missed", async () => {
    let wakes = 0;
    const listener = await state.relay.listen(() => {
      wakes += 1;
    });
    expect(await cut(`${name} relay`)).toBe(1);
    await waitFor("the wake-up after connecting again", () => wakes === 1, 60_000);
    await state.transaction((tx) => tx.outbox.add([{ key: randomUUID(), kind: "check", subject: randomUUID() }]));
    await waitFor("the wake-up of the new task", () => wakes === 2, 60_000);
    await listener.close();
    expect(await state.outbox.openCount(hour(0))).toBe(1);
    expect(await cut(`${name} relay`)).toBe(0);
  });
});

test("sessions ask the server to end them when they idle a minute within a transaction", async () => {
  const pool = openPool(outer.connection, outer.schema, 1);
  const { rows } = await pool.query("select current_setting('idle_in_transaction_session_timeout') as limit");
  await pool.end();
  expect(rows).toEqual([{ limit: "1min" }]);
});

describe("a server that is not there, or lets nobody in", () => {
  test.each([
    ["no server at the port", { host: "127.0.0.1", port: 1 }, "StateUnavailable"],
    ["no socket in the folder", { host: "/nonexistent", port: 5432 }, "StateUnavailable"],
    ["no such host", "postgresql://me@no-such-host.invalid/db", "StateUnavailable"],
  ])("%s", async (_name, wrong, code) => {
    const opening = openPostgresState({ connection: wrong, poolSize: 1 });
    await expect(opening).rejects.toMatchObject({ code, hint: expect.stringContaining("DATABASE_URL") });
  });

  test("no such database", async () => {
    const wrong = { ...(outer.connection as object), database: "nowhere" };
    await expect(openPostgresState({ connection: wrong, poolSize: 1 })).rejects.toMatchObject({
      code: "InvalidConfig",
    });
  });
});
