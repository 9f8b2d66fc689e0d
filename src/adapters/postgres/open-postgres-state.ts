import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, PostgresDialect } from "kysely";
import { DriftwardError } from "../../core/errors.ts";
import type { State, StateReads, StateTransaction } from "../../ports/state.ts";
import { approvalReads, approvalWrites, tokenReads, tokenWrites } from "./access.ts";
import { aliasReads, aliasWrites } from "./aliases.ts";
import { baselineReads, baselineWrites } from "./baselines.ts";
import { batchReads, batchWrites } from "./batches.ts";
import { calibrationReads, calibrationWrites } from "./calibrations.ts";
import { checkReads, checkWrites } from "./checks.ts";
import { countReads, countWrites } from "./counts.ts";
import { decisionReads, decisionWrites } from "./decisions.ts";
import { digestWrites } from "./digests.ts";
import { isTransient } from "./errors.ts";
import { incidentReads, incidentWrites } from "./incidents.ts";
import { instanceReads } from "./instance.ts";
import { liveBaselineReads, liveBaselineWrites } from "./live-baselines.ts";
import { logReads, logWrites } from "./log.ts";
import { migrate, readMigrations } from "./migrate.ts";
import { modelReads, modelWrites } from "./models.ts";
import { notificationReads, notificationWrites } from "./notifications.ts";
import { outboxReads, outboxWrites } from "./outbox.ts";
import { policyReads, policyWrites } from "./policies.ts";
import { openPool, type PostgresConnection, stateErrorPool } from "./pool.ts";
import { quarantineReads, quarantineWrites } from "./quarantines.ts";
import { recordReads, recordWrites } from "./records.ts";
import { outboxRelay } from "./relay.ts";
import { rowPlugins } from "./row-plugin.ts";
import { runReads, runWrites } from "./runs.ts";
import { silenceReads, silenceWrites } from "./silences.ts";
import type { Database, Tables } from "./tables.ts";
import { versionReads, versionWrites } from "./versions.ts";
import { watchReads, watchWrites } from "./watches.ts";

export interface PostgresStateOptions {
  /** A URL, or the parts of one as `pg` takes them. */
  readonly connection: PostgresConnection;
  /** The schema that holds the tables; `driftward` when absent. Made when it is not there. */
  readonly schema?: string;
  /** Connections held at most, the relay's listener apart. */
  readonly poolSize: number;
}

const transactionAttempts = 6;

const reads = (db: Database): StateReads => ({
  models: modelReads(db),
  policies: policyReads(db),
  versions: versionReads(db),
  baselines: baselineReads(db),
  liveBaselines: liveBaselineReads(db),
  aliases: aliasReads(db),
  log: logReads(db),
  counts: countReads(db),
  calibrations: calibrationReads(db),
  checks: checkReads(db),
  incidents: incidentReads(db),
  silences: silenceReads(db),
  quarantines: quarantineReads(db),
  batches: batchReads(db),
  decisions: decisionReads(db),
  notifications: notificationReads(db),
  runs: runReads(db),
  tokens: tokenReads(db),
  approvals: approvalReads(db),
  watches: watchReads(db),
  records: recordReads(db),
  outbox: outboxReads(db),
  instance: instanceReads(db),
});

const readsAndWrites = (db: Database, schema: string): StateTransaction => ({
  models: { ...modelReads(db), ...modelWrites(db) },
  policies: { ...policyReads(db), ...policyWrites(db) },
  versions: { ...versionReads(db), ...versionWrites(db) },
  baselines: { ...baselineReads(db), ...baselineWrites(db) },
  liveBaselines: { ...liveBaselineReads(db), ...liveBaselineWrites(db) },
  aliases: { ...aliasReads(db), ...aliasWrites(db) },
  log: { ...logReads(db), ...logWrites(db) },
  counts: { ...countReads(db), ...countWrites(db) },
  calibrations: { ...calibrationReads(db), ...calibrationWrites(db) },
  checks: { ...checkReads(db), ...checkWrites(db) },
  incidents: { ...incidentReads(db), ...incidentWrites(db) },
  silences: { ...silenceReads(db), ...silenceWrites(db) },
  quarantines: { ...quarantineReads(db), ...quarantineWrites(db) },
  batches: { ...batchReads(db), ...batchWrites(db) },
  decisions: { ...decisionReads(db), ...decisionWrites(db) },
  notifications: { ...notificationReads(db), ...notificationWrites(db) },
  digests: digestWrites(db),
  runs: { ...runReads(db), ...runWrites(db) },
  tokens: { ...tokenReads(db), ...tokenWrites(db) },
  approvals: { ...approvalReads(db), ...approvalWrites(db) },
  watches: { ...watchReads(db), ...watchWrites(db) },
  records: { ...recordReads(db), ...recordWrites(db) },
  outbox: { ...outboxReads(db), ...outboxWrites(db, schema) },
  instance: instanceReads(db),
});

const gaveUp = (cause: unknown) =>
  new DriftwardError(
    "StateUnavailable",
    `expected a transaction to pass in ${transactionAttempts} attempts, got ${String(cause)}`,
    {
      hint: "try again when less is going on at once",
      cause,
    },
  );

/** Runs a transaction again after a deadlock or a serialization failure, each time a little later. */
async function retryTransient<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (attempt === transactionAttempts) throw gaveUp(error);
      await sleep(2 ** attempt * 5 * (1 + Math.random()));
    }
  }
}

/**
 * Opens the state in a PostgreSQL (15 or newer), bringing its schema up to date first.
 *
 * @throws StateUnavailable when PostgreSQL cannot be reached, InvalidConfig when it refuses the user or the database,
 *         Conflict when the schema is of another Driftward
 */
export async function openPostgresState(options: PostgresStateOptions): Promise<State> {
  const schema = options.schema ?? "driftward";
  const pool = openPool(options.connection, schema, options.poolSize);
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: stateErrorPool(pool) }),
    plugins: rowPlugins,
  });
  try {
    await migrate(pool, schema, await readMigrations());
  } catch (error) {
    await pool.end();
    throw error;
  }
  const runOnce = <Result>(work: (tx: StateTransaction) => Promise<Result>) =>
    db
      .transaction()
      .setIsolationLevel("read committed")
      .execute((tx) => work(readsAndWrites(tx, schema)));
  return {
    ...reads(db),
    transaction: (work) => retryTransient(() => runOnce(work)),
    relay: outboxRelay(db, options.connection, schema),
    close: () => pool.end(),
  };
}
