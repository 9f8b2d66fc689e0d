import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type ParsedMail, simpleParser } from "mailparser";
import pg from "pg";
import { openEmbeddedPostgres } from "../../src/adapters/embedded-postgres/open-embedded-postgres.ts";
import { clientConfig, type PostgresConnection } from "../../src/adapters/postgres/pool.ts";
import { verifyChain } from "../../src/core/audit/verify-chain.ts";
import { decodeCounts } from "../../src/core/profile/counts-codec.ts";
import { recordingLogger } from "../support/recording-logger.ts";
import { exampleFolder } from "./program.ts";

/** What must hold inside of a demo that has come to its end, whatever happened on the way. */
export interface Insides {
  /** Tasks whose time has come and that are not done; those of a watch or a checkpoint wait for theirs. */
  readonly openTasks: readonly string[];
  readonly auditTrail: { readonly intact: boolean };
  /** Rows in the files that the log names, ids among them, and files that nothing names. */
  readonly logged: { readonly rows: number; readonly ids: number; readonly strays: number };
  readonly labelled: { readonly rows: number; readonly ids: number };
  /** By baseline: rows of the files that were counted with it, and rows that the counts add up to. */
  readonly counted: readonly { readonly files: number; readonly counts: number }[];
  readonly checks: { readonly slots: number; readonly decided: boolean };
  /** Notifications that say they were sent, by Message-ID. */
  readonly sent: readonly string[];
  readonly attempts: readonly { readonly run: number; readonly n: number; readonly state: string }[];
}

/** Looks into a demo's folder and state after its end, from outside of Driftward's own reads where that is feasible. */
export async function lookInside(dataDirectory: string, url?: string): Promise<Insides> {
  const server =
    url === undefined ? await openEmbeddedPostgres({ dataDirectory, logger: recordingLogger() }) : undefined;
  const connection: PostgresConnection = server?.connection ?? url ?? "";
  const client = new pg.Client(clientConfig(connection));
  await client.connect();
  try {
    await client.query("set search_path to driftward");
    return await look(client, join(dataDirectory, "log"));
  } finally {
    await client.end();
    await server?.release();
  }
}

async function look(client: pg.Client, log: string): Promise<Insides> {
  const ask = async (sql: string): Promise<readonly Record<string, string>[]> =>
    (await client.query<Record<string, string>>(sql)).rows;
  const number = async (sql: string) => Number(Object.values((await ask(sql))[0] ?? {})[0]);
  const files = await ask("select kind, path from log_file order by seq");
  const pathsOf = (kind: string) => files.filter((file) => file.kind === kind).map(({ path }) => join(log, path ?? ""));
  const onDisk = readdirSync(log, { recursive: true, encoding: "utf8" }).filter((path) =>
    /(predictions|labels)\/.*\.parquet$/.test(path),
  );
  const named = new Set(files.map(({ path }) => path));
  const trail = await client.query("select * from record order by seq");
  const entries = trail.rows.map((row) => ({
    seq: Number(row.seq),
    actor: { kind: row.actor_kind, id: row.actor_id },
    at: row.at,
    kind: row.kind,
    subject: row.subject,
    payload: row.payload,
    previousHash: row.previous_hash,
    hash: row.hash,
  }));
  const logged = await distinctRows(pathsOf("predictions"));
  return {
    openTasks: (
      await ask(
        "select key from outbox where done_at is null and not_before <= (select max(at) from record) order by id",
      )
    ).map(({ key }) => key ?? ""),
    auditTrail: verifyChain(entries),
    logged: { ...logged, strays: onDisk.filter((path) => !named.has(path)).length },
    labelled: await distinctRows(pathsOf("labels")),
    counted: await countedRows(client),
    checks: {
      slots: await number(`select count(distinct slot_key) from "check" where slot_key <> ''`),
      decided: (await number("select count(*) from model where decided_slot < next_slot - interval '1 day'")) === 0,
    },
    sent: (await ask("select message_id from notification where state = 'sent' order by 1")).map(
      (row) => `<${row.message_id}>`,
    ),
    attempts: (
      await ask("select number, n, a.state from run_attempt a join run r on r.id = a.run_id order by number, n")
    ).map((row) => ({ run: Number(row.number), n: Number(row.n), state: row.state ?? "" })),
  };
}

async function distinctRows(paths: readonly string[]): Promise<{ readonly rows: number; readonly ids: number }> {
  if (paths.length === 0) return { rows: 0, ids: 0 };
  const database = await DuckDBInstance.create(":memory:");
  const connection = await database.connect();
  try {
    const list = paths.map((path) => `'${path}'`).join(", ");
    const sql = `select count(*)::int, count(distinct prediction_id)::int from read_parquet([${list}], union_by_name = true)`;
    const [[rows, ids] = []] = (await connection.runAndReadAll(sql)).getRows();
    return { rows: Number(rows), ids: Number(ids) };
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

/** A count knows how many rows it is of: the sum over a baseline's counts is the sum over the files counted. */
async function countedRows(client: pg.Client): Promise<Insides["counted"]> {
  const baselines = await client.query("select id from baseline order by created_at, id");
  const counted: { files: number; counts: number }[] = [];
  for (const { id } of baselines.rows) {
    const files = await client.query(
      "select coalesce(sum(row_count), 0) as rows from log_file where id in (select log_file_id from count where baseline_id = $1)",
      [id],
    );
    const counts = await client.query("select counts from count where baseline_id = $1 and segment = ''", [id]);
    const sum = counts.rows.reduce((total, row) => total + decodeCounts(row.counts).rows, 0);
    counted.push({ files: Number(files.rows[0].rows), counts: sum });
  }
  return counted;
}

/** Rows that the example holds up to a day, and labels that arrived up to it. */
export function recorded(until: string): { readonly rows: number; readonly labels: number } {
  const daysOf = (file: string, column: string) => {
    const [head = "", ...lines] = readFileSync(join(exampleFolder, file), "utf8").trim().split("\n");
    const at = head.split(",").indexOf(column);
    return lines.filter((line) => (line.split(",")[at] ?? "").slice(0, 10) <= until).length;
  };
  return { rows: daysOf("predictions.csv", "timestamp"), labels: daysOf("labels.csv", "label_timestamp") };
}

/** The mails in the outbox folder, parsed, by Message-ID. */
export async function readMails(dataDirectory: string): Promise<ReadonlyMap<string, ParsedMail>> {
  const folder = join(dataDirectory, "outbox");
  const mails = new Map<string, ParsedMail>();
  for (const name of readdirSync(folder).sort()) {
    const mail = await simpleParser(readFileSync(join(folder, name)));
    if (mails.has(mail.messageId ?? "")) throw new Error(`two files hold the mail ${mail.messageId}`);
    mails.set(mail.messageId ?? name, mail);
  }
  return mails;
}
