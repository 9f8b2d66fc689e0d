import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { isNativeError } from "node:util/types";
import { z } from "zod";
import { variable } from "./core/environment-variable.ts";
import { DriftwardError } from "./core/errors.ts";
import { mapValues } from "./core/map-values.ts";
import { checkBranch, checkFolderInRepository, checkRepositoryAddress } from "./core/policy/repository-address.ts";
import { webhookName } from "./core/policy/webhook-recipient.ts";
import {
  filesSettings,
  type OfferedSources,
  offeredSources,
  sourcesSettings,
} from "./core/prediction/source-settings.ts";
import { type HookConfig, hookName, hookSettings, resolveHook } from "./core/run/hook-settings.ts";
import { resolveTrainer, trainerSettings } from "./core/run/trainer-settings.ts";
import { readSettingsFile } from "./core/settings-file.ts";
import { parseBytes, parseDuration } from "./core/units.ts";
import { type WebhookConfig, webhookSettings } from "./core/webhook-settings.ts";
import { written } from "./core/written-field.ts";

export { dataPaths } from "./data-paths.ts";

/** What `driftward.yaml` and the environment say, with every default filled in and every path absolute. */
export interface Config {
  /** The file that was read; undefined when there is none. */
  readonly file: string | undefined;
  readonly dataDirectory: string;
  /** The folder of policies; what is read when no repository is set. */
  readonly policies: string;
  readonly policyRepository: PolicyRepository | undefined;
  /** Whether `driftward up` puts policies in force by itself. */
  readonly autoApply: boolean;
  /** Absent: Driftward starts its own PostgreSQL in the data directory. */
  readonly databaseUrl: string | undefined;
  /** Absent: the queue lives in PostgreSQL. */
  readonly redisUrl: string | undefined;
  readonly mail: { readonly smtpUrl: string | undefined; readonly from: string };
  /** The audit trail's signing key, the file of its checkpoints, and who is mailed one a day. */
  readonly audit: { readonly key: string; readonly file: string; readonly mail: string | undefined };
  readonly webhooks: Readonly<Record<string, WebhookConfig>>;
  readonly trainers: Readonly<Record<string, TrainerConfig>>;
  /**
   * How many runs train at once, of all models together; any number when undefined. How long the files of runs that came
   * to nothing are kept after their end.
   */
  readonly runs: { readonly atOnce: number | undefined; readonly keepMs: number };
  /** What policies may take predictions from by themselves. */
  readonly sources: OfferedSources;
  /** What is called when a version is promoted, and when that is taken back. */
  readonly hooks: Readonly<Record<string, HookConfig>>;
  /** Where other systems reach Driftward: trainings that run elsewhere fetch and bring files, and call back. */
  readonly http:
    | {
        readonly host: string;
        readonly port: number;
        /** What others are told, without a slash at its end. */
        readonly publicUrl: string;
        readonly largestUploadBytes: number;
      }
    | undefined;
  /** Hosts and networks that webhooks may reach although they are internal. */
  readonly outgoing: { readonly allow: readonly string[] };
  readonly queue: {
    readonly lockMs: number;
    readonly stalledEveryMs: number;
    readonly leaseMs: number;
    readonly wakeEveryMs: number;
    readonly drainMs: number;
  };
  readonly engine: { readonly memoryLimit: string; readonly threads: number; readonly timeoutMs: number };
  readonly log: { readonly level: LogLevel; readonly file: string | undefined };
  /** Whom acts at the command line are recorded as where there are no tokens: the operating-system user. */
  readonly user: string;
  /** The secret of the token that commands act as. */
  readonly token: string | undefined;
  /** Values of the environment that trainers may be handed, by name. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Where policies are fetched from. */
export interface PolicyRepository {
  readonly url: string;
  readonly branch: string;
  /** From the top of the repository; "" is the top. */
  readonly folder: string;
  /** How often `driftward up` looks for a new commit. */
  readonly everyMs: number;
}

export type TrainerConfig = ReturnType<typeof resolveTrainer>;

const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

const duration = written(parseDuration);

const listen = z.string().transform((text, context) => {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  context.addIssue({ code: "custom", message: `expected an address such as 127.0.0.1:8686, got "${text}"` });
  return z.NEVER;
});

const repositorySchema = z.strictObject({
  git: z.string(),
  branch: z.string().default("main"),
  folder: z.string().default("policies"),
  every: duration.refine((value) => value >= 10_000, { error: "expected at least 10s" }).default(300_000),
});

/** With no time at all locks lapse while their work goes on, and everything is sent again and again. */
const leisurely = duration.refine((value) => value >= 1_000, { error: "expected at least 1s" });

const fileSchema = z.strictObject({
  data: z.string().optional(),
  policies: z
    .union([z.string(), repositorySchema], { error: "expected a folder, or git with branch, folder and every" })
    .optional(),
  auto_apply: z.boolean().default(true),
  database_url: z.string().optional(),
  redis_url: z.string().optional(),
  mail: z.strictObject({ smtp: z.string().optional(), from: z.string().optional() }).optional(),
  audit: z
    .strictObject({
      key: z.string().min(1).optional(),
      checkpoints: z.string().min(1).optional(),
      mail: z.email({ error: "expected an e-mail address" }).optional(),
    })
    .prefault({}),
  webhooks: z
    .record(z.string().regex(webhookName, { error: "expected a name such as pager" }), webhookSettings)
    .default({}),
  trainers: z.record(z.string(), trainerSettings).default({}),
  runs: z
    .strictObject({
      at_once: z.int().min(1).max(1_000).optional(),
      keep: duration.refine((value) => value >= 86_400_000, { error: "expected at least 1d" }).default(90 * 86_400_000),
    })
    .prefault({}),
  files: filesSettings.prefault({}),
  sources: sourcesSettings.default({}),
  hooks: z.record(z.string().regex(hookName, { error: "expected a name such as serving" }), hookSettings).default({}),
  http: z
    .strictObject({
      listen,
      public_url: z.string().regex(/^https?:\/\/[^\s/?#]+[^\s?#]*$/, { error: "expected a URL without a query" }),
      largest_upload: written(parseBytes).prefault("2GiB"),
    })
    .optional(),
  outgoing: z.strictObject({ allow: z.array(z.string().min(1)).default([]) }).prefault({}),
  queue: z
    .strictObject({
      lock: leisurely.default(15_000),
      stalled_every: leisurely.default(10_000),
      lease: leisurely.default(60_000),
      wake_every: leisurely.default(1_000),
      drain: duration.default(30_000),
    })
    .prefault({}),
  engine: z
    .strictObject({
      memory_limit: z.string().default("1GB"),
      threads: z.int().min(1).max(256).default(1),
      timeout: duration.default(600_000),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(logLevels).default("warn"),
      file: z.string().optional(),
    })
    .prefault({}),
});

/**
 * Reads `driftward.yaml` (in `folder`, or as named) and the environment; the environment wins.
 *
 * @throws InvalidConfig when the file cannot be read, is malformed, has unknown keys or wrong values: each with its path in the file
 */
export function loadConfig(folder: string, environment: NodeJS.ProcessEnv = process.env, named?: string): Config {
  const file = resolve(folder, named ?? variable(environment, "DRIFTWARD_CONFIG") ?? "driftward.yaml");
  const found = existsSync(file);
  if (!found && named !== undefined)
    throw new DriftwardError("InvalidConfig", `expected a configuration file at ${file}, found none`);
  const settings = readSettings(found ? file : undefined);
  const root = found ? dirname(file) : resolve(folder);
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(root, path));
  const dataDirectory = absolute(variable(environment, "DRIFTWARD_DATA") ?? settings.data ?? ".driftward");
  const namedPolicies = variable(environment, "DRIFTWARD_POLICIES");
  const inGit = typeof settings.policies === "object" && namedPolicies === undefined ? settings.policies : undefined;
  return Object.freeze({
    file: found ? file : undefined,
    dataDirectory,
    policies: absolute(namedPolicies ?? (typeof settings.policies === "string" ? settings.policies : "policies")),
    policyRepository: inGit === undefined ? undefined : repositoryOf(inGit, absolute),
    autoApply: settings.auto_apply,
    databaseUrl: variable(environment, "DATABASE_URL") ?? settings.database_url,
    redisUrl: variable(environment, "REDIS_URL") ?? settings.redis_url,
    mail: {
      smtpUrl: variable(environment, "DRIFTWARD_SMTP_URL") ?? settings.mail?.smtp,
      from: settings.mail?.from ?? "Driftward <driftward@localhost>",
    },
    audit: {
      key: absolute(settings.audit.key ?? join(dataDirectory, "audit.key")),
      file: absolute(settings.audit.checkpoints ?? join(dataDirectory, "checkpoints.ndjson")),
      mail: settings.audit.mail,
    },
    webhooks: settings.webhooks,
    trainers: mapValues(settings.trainers, (trainer) => resolveTrainer(trainer, absolute)),
    runs: { atOnce: settings.runs.at_once, keepMs: settings.runs.keep },
    hooks: mapValues(settings.hooks, (hook) => resolveHook(hook, absolute)),
    sources: offeredSources(settings.files, settings.sources, { root, absolute }),
    http: settings.http && {
      ...settings.http.listen,
      publicUrl: settings.http.public_url.replace(/\/+$/, ""),
      largestUploadBytes: settings.http.largest_upload,
    },
    outgoing: settings.outgoing,
    queue: {
      lockMs: settings.queue.lock,
      stalledEveryMs: settings.queue.stalled_every,
      leaseMs: settings.queue.lease,
      wakeEveryMs: settings.queue.wake_every,
      drainMs: settings.queue.drain,
    },
    engine: engineOf(settings.engine),
    log: {
      level: logLevels.find((level) => level === variable(environment, "DRIFTWARD_LOG")) ?? settings.log.level,
      file: settings.log.file === undefined ? undefined : absolute(settings.log.file),
    },
    user: userOf(environment),
    token: variable(environment, "DRIFTWARD_TOKEN"),
    environment: handedOn(environment),
  });
}

function userOf(environment: NodeJS.ProcessEnv): string {
  return variable(environment, "USER") ?? variable(environment, "LOGNAME") ?? `uid-${process.getuid?.() ?? "unknown"}`;
}

function handedOn(environment: NodeJS.ProcessEnv): Config["environment"] {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[0] !== "DRIFTWARD_TOKEN",
    ),
  );
}

function engineOf({
  memory_limit: memoryLimit,
  threads,
  timeout,
}: z.output<typeof fileSchema>["engine"]): Config["engine"] {
  return { memoryLimit, threads, timeoutMs: timeout };
}

function repositoryOf(
  { git, branch, folder, every }: z.output<typeof repositorySchema>,
  absolute: (path: string) => string,
): PolicyRepository {
  const { isPath } = checkRepositoryAddress(git);
  checkBranch(branch);
  return { url: isPath ? absolute(git) : git, branch, folder: checkFolderInRepository(folder), everyMs: every };
}

/** A training elsewhere must be able to reach Driftward, or to be asked. */
function checkWebhooks({ trainers, http }: z.output<typeof fileSchema>, context: z.core.$RefinementCtx): void {
  for (const [name, trainer] of Object.entries(trainers)) {
    if (trainer.runner !== "webhook" || http !== undefined) continue;
    if (trainer.shared && trainer.status_url !== undefined) continue;
    const message = trainer.shared
      ? "expected http in driftward.yaml, where it calls back, or a status_url to ask"
      : "expected http in driftward.yaml, where it fetches its data, or shared: true";
    context.addIssue({ code: "custom", message, path: ["trainers", name] });
  }
}

function readSettings(file: string | undefined): z.output<typeof fileSchema> {
  if (file === undefined) return fileSchema.parse({});
  return readSettingsFile(readText(file), file, fileSchema.superRefine(checkWebhooks));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const why = isNativeError(cause) && "code" in cause ? String(cause.code) : String(cause);
    const hint = "name a file that this user may read, with --config or DRIFTWARD_CONFIG";
    throw new DriftwardError("InvalidConfig", `${file}: cannot be read (${why})`, { hint, cause });
  }
}
