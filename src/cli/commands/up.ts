import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { applyPolicies } from "../../actions/apply-policies.ts";
import type { Config } from "../../config.ts";
import { DriftwardError } from "../../core/errors.ts";
import { isBatch } from "../../core/schedule/schedule.ts";
import { formatDuration } from "../../core/units.ts";
import type { Services } from "../../ports/services.ts";
import type { ModelRow } from "../../ports/state.ts";
import { instant } from "../../render/format.ts";
import { plainText } from "../../render/plain-text.ts";
import { discardOrphans } from "../../stages/discard-orphans.ts";
import { findFirstSlot } from "../../stages/tick.ts";
import type { CliContext } from "../context.ts";
import { createNews } from "../tell-news.ts";
import { withServices } from "../with-services.ts";
import { showApplied } from "./apply.ts";

const example = `
Example:
  $ driftward up          runs until Ctrl-C; models, policies and trainers as driftward.yaml says

Incidents, runs and verdicts that change are told as they happen, a line each.`;

interface Options {
  readonly apply: boolean;
  readonly json?: true;
}

const newsEveryMs = 1_000;

/** When a model is checked next, or what it lacks. */
async function describeNextCheck(services: Services, model: ModelRow): Promise<string> {
  if (model.championVersion === undefined) return `no baseline yet: driftward baseline ${model.name} VERSION FILE`;
  const policy = model.policyRevision === undefined ? undefined : await services.policies.of(model.policyRevision);
  if (policy === undefined) return "no policy is in force: write policies/NAME.yaml, and driftward apply";
  if (isBatch(policy.schedule))
    return `a check of each batch, ${formatDuration(policy.data.settleMs)} after its last rows`;
  const slot = await findFirstSlot(services.state, model, policy);
  if (slot === undefined) return "its schedule has no further check";
  return `next check ${instant(new Date(slot.getTime() + policy.data.settleMs))}`;
}

/** A repository that cannot be reached keeps nothing back: what is in force stays, and it is looked for again. */
async function applyNow(context: CliContext, services: Services): Promise<void> {
  try {
    showApplied(context, await applyPolicies(services, services.actor, { tellLeft: true }));
  } catch (error) {
    if (!(error instanceof DriftwardError && error.code === "SourceUnavailable")) throw error;
    context.err(`${context.colors.yellow("warning")} ${error.message}\n`);
    if (error.hint !== undefined) context.err(`${context.colors.cyan("next ")} ${error.hint}\n`);
  }
}

/** `driftward up`: everything that watches, as one long-running process. */
export function addUpCommand(program: Command, context: CliContext): void {
  program
    .command("up")
    .description("run all workers for your models, with the policies of this folder, until stopped")
    .option("--no-apply", "leave the policies as they were last applied")
    .option("--json", "print JSON of schema driftward/up/v1 once it watches")
    .addHelpText("after", example)
    .action(async (options: Options, command: Command) => {
      const { colors } = context;
      const tell = options.json ? { ...context, out: () => undefined } : context;
      const watch = async (services: Services, config: Config) => {
        const apply = options.apply && config.autoApply;
        if (apply) await applyNow(tell, services);
        await discardOrphans(services);
        const workers = await context.startWorkers(services, config, { refreshPolicies: apply });
        const models = await services.state.models.list();
        const names = models.map(({ name }) => name);
        if (options.json)
          context.out(`${JSON.stringify({ schema: "driftward/up/v1", models: names, state: services.where })}\n`);
        tell.out(`${colors.green("up")} watching ${models.length} model${models.length === 1 ? "" : "s"}\n`);
        for (const model of models)
          tell.out(`   ${plainText(model.name)}: ${await describeNextCheck(services, model)}\n`);
        tell.out(colors.dim(`   state in ${services.where}; stop with Ctrl-C\n`));
        const news = createNews(services.state, tell.out, colors);
        const stopped = context.stopped.then(() => true);
        while (!(await Promise.race([stopped, sleep(newsEveryMs, false, { ref: false })])))
          await news.tell().catch((error: unknown) => services.logger.warn({ error }, "news could not be read"));
        tell.out("stopping: work in hand is finished first\n");
        await workers.drain();
        tell.out("stopped\n");
      };
      await withServices(context, command, { act: "serve" }, watch, { workers: true });
    });
}
