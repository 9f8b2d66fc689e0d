#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import picocolors from "picocolors";
import { createHandlers } from "../workers/handlers.ts";
import { startWorkers } from "../workers/main.ts";
import { type RefreshResult, startRefresh } from "../workers/refresh.ts";
import { applyPolicies } from "./actions/apply-policies.ts";
import type { CliContext, StartOptions } from "./cli/context.ts";
import { runCommandLine } from "./cli/program.ts";
import { openEngine, openLogger, openMailbox, openPolicySource, openServices, openTransfers } from "./compose.ts";
import { type Config, loadConfig } from "./config.ts";
import { systemActor } from "./core/actor.ts";
import { DriftwardError } from "./core/errors.ts";
import { startServer } from "./http/start-server.ts";
import type { Services } from "./ports/services.ts";
import { createProbes } from "./probes.ts";
import { writeMail } from "./render/mail/write-mail.ts";
import { problemAsText } from "./render/policy-problems.ts";

/** The version of the installed package; package.json lies above both src and dist/src. */
function packageVersion(): string {
  const file = ["../package.json", "../../package.json"]
    .map((path) => new URL(path, import.meta.url))
    .find((url) => url.pathname.endsWith("package.json") && isOurs(url));
  return file === undefined ? "unknown" : JSON.parse(readFileSync(file, "utf8")).version;
}

function isOurs(url: URL): boolean {
  try {
    return JSON.parse(readFileSync(url, "utf8")).name === "driftward";
  } catch {
    return false;
  }
}

function actorOf(config: Config) {
  return { kind: "person" as const, id: config.user };
}

async function runWorkers(services: Services, config: Config, { refreshPolicies = false }: StartOptions = {}) {
  const { queue, state, clock, ids, logger, policies } = services;
  if (queue === undefined) throw new DriftwardError("StateUnavailable", "expected an open queue, got none");
  const { lockMs, stalledEveryMs, leaseMs, wakeEveryMs } = config.queue;
  const times = { lockMs, stalledEveryMs };
  const workers = await startWorkers({
    state,
    queue,
    clock,
    ids,
    logger,
    policyOf: async (model) => (model.policyRevision === undefined ? undefined : policies.of(model.policyRevision)),
    handlers: createHandlers({ ...services, writeMail }),
    options: {
      leaseMs,
      tickEveryMs: wakeEveryMs,
      queues: { data: times, checks: times, runs: times, notices: times },
    },
  });
  const { policyRepository } = config;
  if (policyRepository === undefined || !refreshPolicies) return workers;
  const refresh = () => refreshNow(services);
  const refresher = startRefresh({ everyMs: policyRepository.everyMs, refresh, logger });
  return {
    drain: async () => {
      await refresher.close();
      await workers.drain();
    },
  };
}

/** The workers and, where driftward.yaml has http, the server that trainings elsewhere reach. */
async function runAll(services: Services, config: Config, options?: StartOptions) {
  if (config.http === undefined) return runWorkers(services, config, options);
  const { host, port, largestUploadBytes } = config.http;
  const server = await startServer({ host, port, largestUploadBytes, transfers: openTransfers(config) });
  try {
    const workers = await runWorkers(services, config, options);
    const drain = () => workers.drain().finally(() => server.close());
    return { drain };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function refreshNow(services: Services): Promise<RefreshResult> {
  const { applied, problems } = await applyPolicies(services, systemActor);
  return {
    changed: applied.flatMap(({ model, changed }) => (changed ? [model] : [])),
    mistakes: problems.flatMap((problem) => (problem.severity === "error" ? [problemAsText(problem)] : [])),
  };
}

/** Resolves at the first SIGINT or SIGTERM; the second ends the program at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
  });
}

let stopped: Promise<void> | undefined;

const context: CliContext = {
  config: (file, data) =>
    loadConfig(
      process.cwd(),
      data === undefined ? process.env : { ...process.env, DRIFTWARD_DATA: resolve(data) },
      file,
    ),
  actor: actorOf,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  colors: picocolors.createColors(picocolors.isColorSupported && process.stdout.isTTY === true),
  interactive: process.stdout.isTTY === true,
  setExitCode: (code) => {
    process.exitCode = code;
  },
  open: (config, options) => openServices(config, actorOf(config), options),
  openEngine: async (config, folders) => openEngine(config, folders, openLogger(config)),
  openMailbox,
  openPolicySource,
  probes: createProbes,
  startWorkers: runAll,
  get stopped() {
    stopped ??= untilStopped();
    return stopped;
  },
};

process.stdout.on("error", () => process.exit(0));
await runCommandLine(process.argv, context, packageVersion());
