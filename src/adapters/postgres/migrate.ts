import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type pg from "pg";
import { DriftwardError } from "../../core/errors.ts";
import { toStateError } from "./errors.ts";
import { quoteName } from "./pool.ts";

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

const migrationsFolder = new URL("./migrations/", import.meta.url);

/** The .sql files beside this one, in order of their numbers. A checkout with CRLF gives the same digest. */
export async function readMigrations(folder: URL = migrationsFolder): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = (await readFile(new URL(name, folder), "utf8")).replaceAll("\r\n", "\n");
      return { name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/** The migrations yet to be applied, once what is applied was found to be what these files say. */
function findPending(migrations: readonly Migration[], applied: ReadonlyMap<string, string>): readonly Migration[] {
  const known = new Map(migrations.map(({ name, sha256 }) => [name, sha256]));
  const newer = [...applied.keys()].filter((name) => !known.has(name)).sort();
  if (newer.length > 0)
    throw new DriftwardError(
      "Conflict",
      `expected a database up to ${migrations.at(-1)?.name ?? "no migration"}, got one that a newer Driftward brought up to ${newer.at(-1)}`,
      { hint: "use that Driftward (or a newer one); schemas only go forward" },
    );
  for (const [name, sha256] of applied) {
    if (known.get(name) === sha256) continue;
    throw new DriftwardError("Conflict", `expected migration ${name} as it was applied, got another text`, {
      hint: "applied migrations never change: restore the file, and write a new one",
    });
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function applyPending(client: pg.PoolClient, schema: string, migrations: readonly Migration[]): Promise<void> {
  await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`driftward migrations ${schema}`]);
  const { rowCount } = await client.query("select from pg_namespace where nspname = $1", [schema]);
  if (rowCount === 0) await client.query(`create schema ${quoteName(schema)}`);
  await client.query(
    "create table if not exists migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())",
  );
  const { rows } = await client.query<{ name: string; sha256: string }>("select name, sha256 from migration");
  for (const { name, sql, sha256 } of findPending(migrations, new Map(rows.map((row) => [row.name, row.sha256])))) {
    await client.query(sql);
    await client.query("insert into migration (name, sha256) values ($1, $2)", [name, sha256]);
  }
}

/**
 * Brings a schema up to these migrations, all in one transaction and one process at a time.
 *
 * @throws Conflict when an applied migration was changed, or is not among them; StateUnavailable
 */
export async function migrate(pool: pg.Pool, schema: string, migrations: readonly Migration[]): Promise<void> {
  const client = await pool.connect().catch((error: unknown) => Promise.reject(toStateError(error)));
  try {
    await client.query("begin");
    await applyPending(client, schema, migrations);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw toStateError(error);
  } finally {
    client.release();
  }
}
