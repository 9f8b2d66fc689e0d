import { randomUUID } from "node:crypto";
import pg from "pg";
import { openPostgresState } from "../../src/adapters/postgres/open-postgres-state.ts";
import { clientConfig, type PostgresConnection, quoteName } from "../../src/adapters/postgres/pool.ts";
import type { State } from "../../src/ports/state.ts";
import { openTestPostgres } from "./open-test-postgres.ts";

/** A state of a test's own: a fresh schema that is dropped when it is closed. */
export interface TestState extends State {
  readonly connection: PostgresConnection;
  readonly schema: string;
  /** A second State on the same rows, as another process would open it; closed with this one. */
  another(): Promise<State>;
  /** Runs SQL behind the state's back, with the schema as search path. */
  sql(text: string, parameters?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Settings that make tests quick and change nothing of what they see. */
const quick = "-c synchronous_commit=off";

export interface TestStateOptions {
  /** Another server than the embedded one; `release` is then the caller's. */
  readonly connection?: PostgresConnection;
  readonly poolSize?: number;
}

/** Opens an isolated state for one test or one file of tests. Close it in afterEach or afterAll. */
export async function openTestState(options: TestStateOptions = {}): Promise<TestState> {
  const server = options.connection === undefined ? await openTestPostgres() : undefined;
  const given = server?.connection ?? options.connection ?? "";
  const connection: PostgresConnection = typeof given === "string" ? given : { ...given, options: quick };
  const schema = `t_${randomUUID().replaceAll("-", "").slice(0, 16)}`;
  const open = () => openPostgresState({ connection, schema, poolSize: options.poolSize ?? 4 });
  const state = await open();
  const others: State[] = [];
  const pool = new pg.Pool({ ...clientConfig(connection), max: 2 });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const sql = async (text: string, parameters: readonly unknown[] = []) => {
    const client = await pool.connect();
    try {
      await client.query(`set search_path to ${quoteName(schema)}`);
      return (await client.query<Record<string, unknown>>(text, [...parameters])).rows;
    } finally {
      client.release();
    }
  };
  return {
    ...state,
    connection,
    schema,
    sql,
    async another() {
      const other = await open();
      others.push(other);
      return other;
    },
    async close() {
      await Promise.all([state, ...others].map((each) => each.close()));
      await pool.query(`drop schema if exists ${quoteName(schema)} cascade`);
      await pool.end();
      await server?.release();
    },
  };
}
