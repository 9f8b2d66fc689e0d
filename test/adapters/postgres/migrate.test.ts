import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { migrate, readMigrations } from "../../../src/adapters/postgres/migrate.ts";
import { openPool, quoteName } from "../../../src/adapters/postgres/pool.ts";
import { openTestPostgres, type TestPostgres } from "../../support/open-test-postgres.ts";

let server: TestPostgres;
let folder: string;
let schemas = 0;

beforeAll(async () => {
  server = await openTestPostgres();
  folder = await mkdtemp(join(tmpdir(), "driftward-migrations-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await server.release();
});

/** Migrations of these texts, read from files as the real ones are. */
async function migrationsOf(texts: Readonly<Record<string, string>>) {
  const one = await mkdtemp(join(folder, "m-"));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(one, name), text);
  return readMigrations(pathToFileURL(`${one}/`));
}

/** Gives a schema that is not there yet, with a few pools on it, and drops it. */
async function withSchema(
  work: (schema: string, pools: ReturnType<typeof openPool>[]) => Promise<void>,
): Promise<void> {
  schemas += 1;
  const schema = `t_migrate "${process.pid}_${schemas}`;
  const pools = [1, 2, 3, 4, 5].map(() => openPool(server.connection, schema, 2));
  try {
    await work(schema, pools);
  } finally {
    await pools[0]?.query(`drop schema if exists ${quoteName(schema)} cascade`);
    await Promise.all(pools.map((pool) => pool.end()));
  }
}

const first = "create table a (n int);\n";
const second = "alter table a add m int;\ninsert into a values (1, 2);\n";

test("the numbers of the migrations are 1, 2, 3 … with none left out and none twice", async () => {
  const names = (await readMigrations()).map(({ name }) => name);
  expect(names.map((name) => Number(/^(\d{4})-[a-z-]+\.sql$/.exec(name)?.[1]))).toEqual(names.map((_, n) => n + 1));
});

describe("migrate", () => {
  test("five that start at once on an empty database apply each migration once, in order of the names", async () => {
    const migrations = await migrationsOf({ "0002-more.sql": second, "0001-start.sql": first, "readme.md": "no" });
    expect(migrations.map(({ name }) => name)).toEqual(["0001-start.sql", "0002-more.sql"]);
    await withSchema(async (schema, pools) => {
      await Promise.all(pools.map((pool) => migrate(pool, schema, migrations)));
      const { rows } = (await pools[0]?.query("select * from a")) ?? {};
      expect(rows).toEqual([{ n: 1, m: 2 }]);
      const ledger = await pools[1]?.query("select name, sha256 from migration order by name");
      expect(ledger?.rows).toEqual(migrations.map(({ name, sha256 }) => ({ name, sha256 })));
    });
  });

  test("later ones are applied to what is there", async () => {
    await withSchema(async (schema, [pool]) => {
      if (pool === undefined) return;
      await migrate(pool, schema, await migrationsOf({ "0001-start.sql": first }));
      await migrate(pool, schema, await migrationsOf({ "0001-start.sql": first, "0002-more.sql": second }));
      expect((await pool.query("select * from a")).rows).toHaveLength(1);
    });
  });

  test.each([
    [
      "a changed file",
      { "0001-start.sql": `${first}-- changed\n` },
      "0001-start.sql as it was applied, got another text",
    ],
    [
      "a database of a newer Driftward",
      { "0000-before.sql": second },
      "up to 0000-before.sql, got one that a newer Driftward brought up to 0001-start.sql",
    ],
  ])("%s is refused", async (_name, texts, message) => {
    await withSchema(async (schema, [pool]) => {
      if (pool === undefined) return;
      await migrate(pool, schema, await migrationsOf({ "0001-start.sql": first }));
      const again = migrate(pool, schema, await migrationsOf(texts));
      await expect(again).rejects.toMatchObject({ code: "Conflict", message: expect.stringContaining(message) });
    });
  });

  test("line ends of another system are no change", async () => {
    await withSchema(async (schema, [pool]) => {
      if (pool === undefined) return;
      await migrate(pool, schema, await migrationsOf({ "0001-start.sql": first }));
      await migrate(pool, schema, await migrationsOf({ "0001-start.sql": first.replaceAll("\n", "\r\n") }));
    });
  });

  test("one that fails leaves nothing of itself or of those before it", async () => {
    const migrations = await migrationsOf({
      "0001-start.sql": first,
      "0002-wrong.sql": "insert into nothing values (1)",
    });
    await withSchema(async (schema, [pool]) => {
      await expect(pool && migrate(pool, schema, migrations)).rejects.toThrow('"nothing" does not exist');
      expect((await pool?.query("select from pg_namespace where nspname = $1", [schema]))?.rowCount).toBe(0);
    });
  });
});
