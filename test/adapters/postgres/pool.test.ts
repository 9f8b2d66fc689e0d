import { expect, test } from "@jest/globals";
import type pg from "pg";
import { stateErrorPool } from "../../../src/adapters/postgres/pool.ts";

/** A pool by hand: notes what is sent, fails where it is told to, and says how its client was given back. */
function fakePool(failure?: Error) {
  const seen: { parameters?: unknown; destroyed?: unknown } = {};
  const client = {
    query: async (_sql: string, parameters: unknown) => {
      seen.parameters = parameters;
      if (failure !== undefined) throw failure;
      return { rows: [] };
    },
    release: (destroyed: unknown) => {
      seen.destroyed = destroyed;
    },
  };
  return {
    seen,
    pool: stateErrorPool({ connect: async () => client, end: async () => undefined } as unknown as pg.Pool),
  };
}

test("times go out in UTC to the millisecond, whatever zone this machine or that century has", async () => {
  const { pool, seen } = fakePool();
  const client = await pool.connect();
  await client.query("select $1, $2", [new Date("1937-05-01T12:00:00.123Z"), "2026-01-01"]);
  expect(seen.parameters).toEqual(["1937-05-01T12:00:00.123Z", "2026-01-01"]);
});

test.each([
  ["57P01", true],
  ["23505", false],
  ["40P01", false],
])("after an error %s the connection is thrown away: %p", async (code, destroyed) => {
  const { pool, seen } = fakePool(Object.assign(new Error("it failed"), { code }));
  const client = await pool.connect();
  await expect(client.query("select 1", [])).rejects.toThrow();
  client.release();
  expect(seen.destroyed).toBe(destroyed);
});
