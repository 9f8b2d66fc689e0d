import { isDate } from "node:util/types";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import pg from "pg";
import { toStateError } from "./errors.ts";

/** A URL as in DATABASE_URL, or the parts of one. */
export type PostgresConnection = string | Readonly<pg.ClientConfig>;

const typeIds = { int8: 20, date: 1082 } as const;

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`expected an integer below 2^53, got ${text}`);
}

/** bigint as a number, a date as its ISO text (pg would make it midnight of the local zone), the rest as pg does. */
const types: pg.CustomTypesConfig = {
  getTypeParser(id: number, format?: "text" | "binary") {
    if (id === typeIds.int8) return parseSafeInteger;
    if (id === typeIds.date) return (text: string) => text;
    return pg.types.getTypeParser(id, format);
  },
} as pg.CustomTypesConfig;

/** Quotes a name for SQL. */
export const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Settings of every session. One that was stopped in the middle of a transaction must not keep its locks for ever.
 */
function sessionSettings(schema: string): string {
  return `set search_path to ${quoteName(schema)}; set idle_in_transaction_session_timeout = '60s'; set timezone = 'UTC'`;
}

export function clientConfig(connection: PostgresConnection): pg.ClientConfig {
  const given = typeof connection === "string" ? { connectionString: connection } : connection;
  return { application_name: "driftward", keepAlive: true, connectionTimeoutMillis: 15_000, types, ...given };
}

export function openPool(connection: PostgresConnection, schema: string, size: number): pg.Pool {
  const onConnect = async (client: pg.ClientBase) => {
    await client.query(sessionSettings(schema));
  };
  const pool = new pg.Pool({ ...clientConfig(connection), max: size, idleTimeoutMillis: 30_000, onConnect });
  // A connection that breaks while no query is on it, idle or between two of a transaction, is told at its next use;
  // without a listener on both, the event would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** pg writes a Date in the local zone with an offset of whole minutes: ISO in UTC is exact. */
const encodeParameter = (value: unknown) => (isDate(value) ? value.toISOString() : value);

/** The pool as Kysely takes it, with errors that callers can act on. */
export function stateErrorPool(pool: pg.Pool): PostgresPool {
  return {
    async connect(): Promise<PostgresPoolClient> {
      const client = await pool.connect().catch((error: unknown) => Promise.reject(toStateError(error)));
      let isBroken = false;
      const query = async (sql: string, parameters: readonly unknown[]) => {
        try {
          return await client.query(sql, parameters.map(encodeParameter));
        } catch (error) {
          const told = toStateError(error);
          isBroken ||= told !== error && (told as { code?: string }).code === "StateUnavailable";
          throw told;
        }
      };
      return { query: query as unknown as PostgresPoolClient["query"], release: () => client.release(isBroken) };
    },
    end: () => pool.end(),
  };
}
