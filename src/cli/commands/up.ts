import type { Command } from "commander";
import { applyPolicies } from "../../actions/apply-policies.ts";
import type { Config } from "../../config.ts";
import type { Services } from "../../ports/services.ts";
import { plainText } from "../../render/plain-text.ts";
import { discardOrphans } from "../../stages/discard-orphans.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";
import { showApplied } from "./apply.ts";

const example = `
Example:
  $ driftward up          runs until Ctrl-C; models, policies and trainers as driftward.yaml says`;

/** `driftward up`: everything that watches, as one long-running process. */
export function addUpCommand(program: Command, context: CliContext): void {
  program
    .command("up")
    .description("run all workers for your models, with the policies of this folder, until stopped")
    .option("--no-apply", "leave the policies as they were last applied")
    .addHelpText("after", example)
    .action(async (options: { readonly apply: boolean }, command: Command) => {
      const watch = async (services: Services, config: Config) => {
        if (options.apply) showApplied(context, await applyPolicies(services, services.actor));
        await discardOrphans(services);
        const workers = await context.startWorkers(services, config);
        const models = await services.state.models.list();
        context.out(`${context.colors.green("up")} watching ${models.length} model${models.length === 1 ? "" : "s"}`);
        context.out(`${models.map((model) => `\n   ${plainText(model.name)}`).join("")}\n`);
        context.out(context.colors.dim(`   state in ${services.where}; stop with Ctrl-C\n`));
        await context.stopped;
        context.out("stopping: work in hand is finished first\n");
        await workers.drain();
      };
      await withServices(context, command, watch, { workers: true });
    });
}
