import { existsSync } from "node:fs";
import { join } from "node:path";
import { createBullMqQueue } from "./adapters/bullmq/queue.ts";
import { calibrateInThread } from "./adapters/calibration-thread/calibration-thread.ts";
import { checkpointFile } from "./adapters/checkpoint-file/checkpoint-file.ts";
import { openSimulatedClock } from "./adapters/clock/simulated-clock.ts";
import { systemClock } from "./adapters/clock/system-clock.ts";
import { type EmbeddedConnection, openEmbeddedPostgres } from "./adapters/embedded-postgres/open-embedded-postgres.ts";
import { createGuardedFetch } from "./adapters/guarded-http/guarded-fetch.ts";
import { createHooks } from "./adapters/hooks/hooks.ts";
import { randomIds } from "./adapters/ids.ts";
import { readLinkKey } from "./adapters/links/link-key.ts";
import { signedLinks } from "./adapters/links/signed-links.ts";
import { createOutboxMailbox } from "./adapters/mail/outbox-mailbox.ts";
import { createOutboxMailer } from "./adapters/mail/outbox-mailer.ts";
import { createSmtpMailer } from "./adapters/mail/smtp-mailer.ts";
import { createParquetLog } from "./adapters/parquet-log/parquet-log.ts";
import { createRejectFiles } from "./adapters/parquet-log/reject-files.ts";
import { policyFolder } from "./adapters/policy-folder/policy-folder.ts";
import { policyGit } from "./adapters/policy-git/policy-git.ts";
import { openPostgresState } from "./adapters/postgres/open-postgres-state.ts";
import { predictionSources } from "./adapters/prediction-sources/prediction-sources.ts";
import { rowReader } from "./adapters/readers/row-reader.ts";
import { runFolders } from "./adapters/run-folders/run-folders.ts";
import { dockerRunner } from "./adapters/runner-docker/docker-runner.ts";
import { processRunner } from "./adapters/runner-process/process-runner.ts";
import { webhookRunner } from "./adapters/runner-webhook/webhook-runner.ts";
import { webhookTransfers } from "./adapters/runner-webhook/webhook-transfers.ts";
import { createWebhooks } from "./adapters/webhook/webhooks.ts";
import { type Config, dataPaths } from "./config.ts";
import type { Actor } from "./core/actor.ts";
import { variable } from "./core/environment-variable.ts";
import { DriftwardError } from "./core/errors.ts";
import { operatorNames } from "./core/policy/check-operator.ts";
import { parsePolicy } from "./core/policy/parse-policy.ts";
import { decodeProfile } from "./core/profile/profile-codec.ts";
import { rememberLast } from "./core/remember-last.ts";
import { serverAddress } from "./core/server-address.ts";
import { makeDataFolder } from "./data-folder.ts";
import { openEngine, openLogger } from "./open-engine.ts";
import type { Clock } from "./ports/clock.ts";
import type { Hooks } from "./ports/hooks.ts";
import type { Links } from "./ports/links.ts";
import type { Logger } from "./ports/logger.ts";
import type { Policies, Profiles } from "./ports/lookups.ts";
import type { Mailbox, Mailer } from "./ports/mailer.ts";
import type { PolicySource } from "./ports/policy-source.ts";
import type { PredictionSources } from "./ports/prediction-sources.ts";
import type { Runner } from "./ports/runner.ts";
import type { Services } from "./ports/services.ts";
import type { State } from "./ports/state.ts";
import type { Transfers } from "./ports/transfers.ts";
import { keepCalibrations, limitsFrom } from "./stages/check/keep-calibrations.ts";
import { createSeasons } from "./stages/check/match-season.ts";
import { createSegmentedBaselines } from "./stages/check/segmented-baselines.ts";

export interface OpenOptions {
  /** Times come from a clock that is kept with the data and moved by the caller, instead of the system's. */
  readonly simulatedClock?: { readonly start: Date };
  /** Opens the queue as well: for programs that start workers. */
  readonly workers?: boolean;
}

/** Connections that state holds at most; commands need few, and the queue has its own. */
const poolSize = 8;

/** Entries that a lookup keeps: revisions and baselines in use at one time are far fewer. */
const kept = 100;

/** Config → adapters → ports. What was opened is closed again when a later part cannot be. */
export async function openServices(config: Config, actor: Actor, options: OpenOptions = {}): Promise<Services> {
  const paths = dataPaths(config.dataDirectory);
  makeDataFolder(config.dataDirectory, [paths.temporary]);
  const logger = openLogger(config);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const database = await openDatabase(config, logger);
    closers.push(database.close);
    const state = await openPostgresState({ connection: database.connection, poolSize });
    closers.push(() => state.close());
    const engine = openEngine(config, [config.dataDirectory], logger);
    closers.push(() => engine.close());
    const log = createParquetLog(paths.log);
    closers.push(() => log.close());
    const mailer = openMailer(config);
    closers.push(mailer.close);
    const clock = await openClock(paths.clock, options);
    const segmented = createSegmentedBaselines({ engine, log });
    const calibrations = keepCalibrations({ state, log, engine, clock, segmented, calibrate: calibrateInThread });
    const queue = options.workers === true ? await openQueue(config, state, database.connection, logger) : undefined;
    if (queue !== undefined) closers.push(() => queue.close());
    return {
      state,
      log,
      engine,
      queue,
      actor,
      logger,
      mailer: mailer.mailer,
      webhooks: createWebhooks({
        targets: config.webhooks,
        environment: config.environment,
        allow: config.outgoing.allow,
      }),
      clock,
      links: openLinks(config),
      ids: randomIds,
      rejects: createRejectFiles(paths.rejects),
      reader: rowReader,
      policies: lookUpPolicies(state),
      profiles: lookUpProfiles(state),
      ...{ calibrations, limits: limitsFrom(calibrations), seasons: createSeasons({ engine, log }), segmented },
      ...{ policySource: openPolicySource(config), operator: operatorNames(config) },
      folders: runFolders(paths.runs),
      checkpoints: checkpointFile(config.audit),
      sources: openSources(config),
      ...runServices(config),
      where: database.where,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The mails that were kept because no SMTP server is configured. */
export function openMailbox(config: Config): Mailbox {
  return createOutboxMailbox(dataPaths(config.dataDirectory).outbox);
}

/** The policies of the configured folder or repository. */
export function openPolicySource({ policies, policyRepository, environment, dataDirectory }: Config): PolicySource {
  const local = policyFolder(policies, environment);
  if (policyRepository === undefined) return local;
  return policyGit({ ...policyRepository, local, environment, snapshots: dataPaths(dataDirectory).policies });
}

/** The URL of a server, or where the embedded one listens. */
type Connection = string | EmbeddedConnection;

async function openDatabase(
  config: Config,
  logger: Logger,
): Promise<{ readonly connection: Connection; readonly where: string; readonly close: () => Promise<void> }> {
  if (config.databaseUrl !== undefined) {
    const connection = serverAddress("DATABASE_URL", config.databaseUrl);
    return { connection, where: "the PostgreSQL of DATABASE_URL", close: async () => undefined };
  }
  const embedded = await openEmbeddedPostgres({ dataDirectory: config.dataDirectory, logger });
  return { connection: embedded.connection, where: config.dataDirectory, close: () => embedded.release() };
}

function openSources({ sources: offered, dataDirectory, environment }: Config): PredictionSources {
  return predictionSources({ offered, root: dataPaths(dataDirectory).sources, environment });
}

/** Each keeps its attempts in a folder of its own. */
function openRunners(config: Config): ReadonlyMap<string, Runner> {
  const { dataDirectory, environment } = config;
  const { attempts } = dataPaths(dataDirectory);
  const runners = [
    processRunner({ root: attempts, environment }),
    dockerRunner({ root: join(attempts, "docker"), environment }),
    webhookRunner({
      root: webhookRoot(config),
      environment,
      fetch: createGuardedFetch({ allow: config.outgoing.allow }),
      publicUrl: config.http?.publicUrl,
    }),
  ];
  return new Map(runners.map((runner) => [runner.name, runner]));
}

/** What runs start, call and are bounded by. */
function runServices(config: Config): Pick<Services, "runners" | "trainers" | "hooks" | "trainingsAtOnce"> {
  return {
    runners: openRunners(config),
    trainers: new Map(Object.entries(config.trainers).map(([name, trainer]) => [name, { name, ...trainer }])),
    hooks: openHooks(config),
    trainingsAtOnce: config.runs.atOnce,
  };
}

/** Commands of hooks are supervised as trainings are, apart from them. */
function openHooks({ dataDirectory, environment, hooks, outgoing }: Config): Hooks {
  const { attempts } = dataPaths(dataDirectory);
  return createHooks({
    settings: hooks,
    runner: processRunner({ root: join(attempts, "hooks"), environment }),
    root: join(attempts, "hooks", "work"),
    environment,
    fetch: createGuardedFetch({ allow: outgoing.allow }),
  });
}

function webhookRoot({ dataDirectory }: Config): string {
  return join(dataPaths(dataDirectory).attempts, "webhook");
}

/** The one-time URLs of trainings that run elsewhere. */
export function openTransfers(config: Config): Transfers {
  return webhookTransfers(webhookRoot(config));
}

/** One queue per project: its name carries the state's own id, so that two projects share a Redis without meeting. */
async function openQueue(config: Config, state: State, connection: Connection, logger: Logger) {
  const { lockMs, stalledEveryMs } = config.queue;
  const backend: Parameters<typeof createBullMqQueue>[0]["backend"] =
    config.redisUrl === undefined
      ? { postgres: { connection } }
      : { redis: { url: serverAddress("REDIS_URL", config.redisUrl) } };
  const prefix = `driftward-${(await state.instance.id()).slice(0, 8)}`;
  return createBullMqQueue({ backend, prefix, logger, wake: { lockMs, stalledEveryMs } });
}

/** Pages are served where driftward.yaml has http. */
function openLinks({ http, dataDirectory, environment }: Config): Links | undefined {
  if (http === undefined) return undefined;
  const key = () => readLinkKey(join(dataDirectory, "links.key"), variable(environment, "DRIFTWARD_LINK_KEY"));
  return signedLinks({ publicUrl: http.publicUrl, key });
}

function openMailer(config: Config): { readonly mailer: Mailer; readonly close: () => Promise<void> } {
  const { smtpUrl, from } = config.mail;
  if (smtpUrl === undefined) {
    const folder = dataPaths(config.dataDirectory).outbox;
    return { mailer: createOutboxMailer({ folder, from }), close: async () => undefined };
  }
  const mailer = createSmtpMailer({ url: smtpUrl, from });
  return { mailer, close: () => mailer.close() };
}

/** Data that was lived through in simulated time stays in it: for whoever looks at it later, and for further workers. */
async function openClock(file: string, { simulatedClock }: OpenOptions): Promise<Clock> {
  if (simulatedClock !== undefined) return openSimulatedClock(file, simulatedClock.start);
  return existsSync(file) ? openSimulatedClock(file) : systemClock;
}

function lookUpPolicies(state: State): Policies {
  return {
    of: remember(async (revisionId) => {
      const { source, path } = await state.policies.get(revisionId);
      const parsed = parsePolicy(source, path);
      if ("policy" in parsed) return parsed.policy;
      const [problem] = parsed.problems;
      throw new DriftwardError("InvalidPolicy", problem?.message ?? "the policy cannot be read", {
        ...(problem === undefined ? {} : { place: problem.place }),
        hint: "apply a revision that this version of Driftward can read",
      });
    }),
  };
}

function lookUpProfiles(state: State): Profiles {
  return { of: remember(async (baselineId) => decodeProfile((await state.baselines.get(baselineId)).profile)) };
}

/** By id. */
function remember<Value>(ask: (id: string) => Promise<Value>): (id: string) => Promise<Value> {
  return rememberLast(kept, (id) => id, ask);
}
