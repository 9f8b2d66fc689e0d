import { startCollect } from "../workers/collect.ts";
import { createHandlers } from "../workers/handlers.ts";
import { startWorkers } from "../workers/main.ts";
import { type RefreshResult, startRefresh } from "../workers/refresh.ts";
import { applyPolicies } from "./actions/apply-policies.ts";
import type { StartOptions } from "./cli/context.ts";
import { openTransfers } from "./compose.ts";
import type { Config } from "./config.ts";
import { systemActor } from "./core/actor.ts";
import { DriftwardError } from "./core/errors.ts";
import { startServer } from "./http/start-server.ts";
import type { Services } from "./ports/services.ts";
import { checkpointMail } from "./render/mail/checkpoint-letter.ts";
import { writeMail } from "./render/mail/write-mail.ts";
import { problemAsText } from "./render/policy-problems.ts";
import { type CheckpointMail, checkpoint } from "./stages/checkpoint.ts";

async function runWorkers(services: Services, config: Config, { refreshPolicies = false }: StartOptions = {}) {
  const { queue, state, clock, ids, logger, policies } = services;
  if (queue === undefined) throw new DriftwardError("StateUnavailable", "expected an open queue, got none");
  const { lockMs, stalledEveryMs, leaseMs, wakeEveryMs, drainMs } = config.queue;
  const times = { lockMs, stalledEveryMs };
  const workers = await startWorkers({
    state,
    queue,
    clock,
    ids,
    logger,
    batches: services,
    policyOf: async (model) => (model.policyRevision === undefined ? undefined : policies.of(model.policyRevision)),
    handlers: createHandlers({
      ...services,
      writeMail,
      ...checkpointMailOf(services, config),
      keepRunsMs: config.runs.keepMs,
    }),
    options: {
      leaseMs,
      tickEveryMs: wakeEveryMs,
      drainMs,
      daily: true,
      queues: { data: times, checks: times, runs: times, notices: times },
    },
  });
  const collector = startCollect({ ...services, everyMs: config.sources.everyMs });
  const drain = async () => {
    await collector.close();
    await workers.drain();
    await checkpointAtEnd(services);
  };
  const { policyRepository } = config;
  if (policyRepository === undefined || !refreshPolicies) return { drain };
  const refresh = () => refreshNow(services);
  const refresher = startRefresh({ everyMs: policyRepository.everyMs, refresh, logger });
  return {
    drain: async () => {
      await refresher.close();
      await drain();
    },
  };
}

/** The workers and, where driftward.yaml has http, the server that trainings elsewhere and links in mails reach. */
export async function serve(services: Services, config: Config, options?: StartOptions) {
  if (config.http === undefined) return runWorkers(services, config, options);
  const { host, port, largestUploadBytes, publicUrl } = config.http;
  const { links } = services;
  const pages = links === undefined ? {} : { pages: { services, links, publicUrl } };
  const server = await startServer({ host, port, largestUploadBytes, transfers: openTransfers(config), ...pages });
  try {
    const workers = await runWorkers(services, config, options);
    const drain = () => workers.drain().finally(() => server.close());
    return { drain };
  } catch (error) {
    await server.close();
    throw error;
  }
}

function checkpointMailOf({ mailer }: Services, { audit }: Config): { readonly checkpointMail?: CheckpointMail } {
  return audit.mail === undefined ? {} : { checkpointMail: { to: audit.mail, mailer, write: checkpointMail } };
}

/** What was recorded since the day's checkpoint is signed before the program ends; that it cannot be stops nothing. */
async function checkpointAtEnd(services: Services): Promise<void> {
  try {
    await checkpoint(services);
  } catch (error) {
    services.logger.error({ error }, "the audit trail's end could not be signed");
  }
}

async function refreshNow(services: Services): Promise<RefreshResult> {
  const { applied, problems } = await applyPolicies(services, systemActor);
  return {
    changed: applied.flatMap(({ model, changed }) => (changed ? [model] : [])),
    mistakes: problems.flatMap((problem) => (problem.severity === "error" ? [problemAsText(problem)] : [])),
  };
}
