import { statSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { isNativeError } from "node:util/types";
import type { Probe } from "./actions/doctor.ts";
import { validate } from "./actions/validate.ts";
import { readRedisSettings } from "./adapters/bullmq/redis-settings.ts";
import { createSmtpMailer } from "./adapters/mail/smtp-mailer.ts";
import { Daemon } from "./adapters/runner-docker/daemon.ts";
import { openPolicySource, openServices } from "./compose.ts";
import type { Config, TrainerConfig } from "./config.ts";
import { systemActor } from "./core/actor.ts";
import { DriftwardError, formatPlace } from "./core/errors.ts";
import { operatorNames } from "./core/policy/check-operator.ts";
import { noPoliciesHint } from "./core/policy/no-policies-hint.ts";
import { serverAddress } from "./core/server-address.ts";
import { makeDataFolder } from "./data-folder.ts";
import { requireNode } from "./node-version.ts";

/** What `driftward doctor` looks at, for one configuration. */
export function createProbes(config: Config): readonly Probe[] {
  return [
    { name: "Node", look: async () => requireNode(process.versions.node), remedy: "install Node 20.19 or newer" },
    {
      name: "configuration",
      look: async () => config.file ?? "none: the defaults hold",
      remedy: "write driftward.yaml",
    },
    {
      name: "data directory",
      look: () => lookAtDataDirectory(config.dataDirectory),
      remedy: "make it writable for this user, or set `data` in driftward.yaml",
    },
    {
      name: "PostgreSQL",
      look: () => lookAtState(config),
      remedy:
        config.databaseUrl === undefined ? "see the log with DRIFTWARD_LOG=debug" : "start it, or mend DATABASE_URL",
    },
    {
      name: "queue",
      look: async () => (config.redisUrl === undefined ? "in PostgreSQL" : lookAtRedis(config.redisUrl)),
      remedy: "start Redis, or mend REDIS_URL",
    },
    { name: "mail", look: () => lookAtMail(config), remedy: "mend mail.smtp in driftward.yaml" },
    ...Object.entries(config.trainers).map(([name, trainer]) => ({
      name: `trainer ${name}`,
      look: () => lookAtTrainer(trainer, config),
      remedy: `install what is missing, or mend trainers.${name} in driftward.yaml`,
    })),
    { name: "policies", look: () => lookAtPolicies(config), remedy: "`driftward validate` shows every mistake" },
  ];
}

async function lookAtDataDirectory(folder: string): Promise<string> {
  makeDataFolder(folder);
  return folder;
}

async function lookAtState(config: Config): Promise<string> {
  const services = await openServices(config, systemActor);
  try {
    const models = await services.state.models.list();
    return `${services.where}, ${models.length} model${models.length === 1 ? "" : "s"}`;
  } finally {
    await services.close();
  }
}

async function lookAtRedis(url: string): Promise<string> {
  const { version, warnings } = await readRedisSettings(serverAddress("REDIS_URL", url));
  return [`Redis ${version}`, ...warnings.map(({ advice }) => advice)].join("; ");
}

async function lookAtMail(config: Config): Promise<string> {
  const { smtpUrl, from } = config.mail;
  if (smtpUrl === undefined) return "no SMTP server: mails are kept, `driftward mail` shows them";
  const mailer = createSmtpMailer({ url: smtpUrl, from });
  try {
    await mailer.verify();
    return `the SMTP server answers, mails come from ${from}`;
  } finally {
    await mailer.close();
  }
}

/** What a trainer needs to be there: its secrets, and its program, its image, or somebody to call. */
async function lookAtTrainer(trainer: TrainerConfig, config: Config): Promise<string> {
  const { command, environment, secretFiles, container, webhook } = trainer;
  const named = [
    ...environment,
    ...Object.values(webhook?.headers ?? {}),
    ...(webhook?.secret ? [webhook.secret] : []),
  ];
  const unset = named.filter((name) => config.environment[name] === undefined);
  if (unset.length > 0)
    throw new DriftwardError("InvalidConfig", `expected ${unset.join(", ")} in the environment, found none`);
  for (const file of Object.values(secretFiles)) await access(file, constants.R_OK);
  if (webhook !== undefined) return `webhook at ${new URL(webhook.url).host}, not called now`;
  if (container !== undefined) return lookAtImage(container, config);
  const [program = "", ...rest] = command;
  const found = await findProgram(program, config.environment.PATH ?? "");
  for (const file of rest.filter(isAbsolute)) requireFile(file);
  return [found, ...rest].join(" ");
}

async function lookAtImage(
  { image, socket }: NonNullable<TrainerConfig["container"]>,
  config: Config,
): Promise<string> {
  if (await new Daemon(socket, config.environment).hasImage(image)) return `image ${image}`;
  throw new DriftwardError("InvalidConfig", `expected the image ${image} at the container daemon, found none`);
}

function requireFile(file: string): void {
  try {
    statSync(file);
  } catch (cause) {
    const code = isNativeError(cause) && "code" in cause ? String(cause.code) : String(cause);
    const found = code === "ENOENT" ? "found nothing there" : `which cannot be looked at (${code})`;
    throw new DriftwardError("InvalidConfig", `expected ${file}, which the command names, ${found}`, { cause });
  }
}

async function findProgram(program: string, path: string): Promise<string> {
  const places = isAbsolute(program) ? [program] : path.split(delimiter).map((folder) => join(folder, program));
  for (const place of places) if (await isExecutable(place)) return place;
  const oneText = /\s/.test(program) ? ": a command is a list that no shell reads, such as [node, ./train.mjs]" : "";
  throw new DriftwardError(
    "InvalidConfig",
    `expected a program "${program}", found none that can be executed${oneText}`,
  );
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function lookAtPolicies(config: Config): Promise<string> {
  const { files, problems } = await validate({
    policySource: openPolicySource(config),
    operator: operatorNames(config),
  });
  const [first] = problems.filter((problem) => problem.severity === "error");
  if (first !== undefined) throw new DriftwardError("InvalidPolicy", `${formatPlace(first.place)}: ${first.message}`);
  const { policyRepository: from } = config;
  const where = from === undefined ? config.policies : `${from.url}, branch ${from.branch}`;
  return files.length === 0 ? `none in ${where}: ${noPoliciesHint}` : `${files.length} in ${where}`;
}
