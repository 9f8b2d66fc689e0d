import type { Command } from "commander";
import { retrain } from "../../actions/retrain.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

const example = `
Example:
  $ driftward retrain churn --reason "new data source since Monday"

The policy's limits (cooldown, budget, new labels) hold as they do for a rule. Workers do the rest: \`driftward up\`.`;

/** `driftward retrain`: asks for a run. */
export function addRetrainCommand(program: Command, context: CliContext): void {
  program
    .command("retrain")
    .description("start a run for a model: retrain, evaluate, gate, promote")
    .argument("<model>")
    .requiredOption("--reason <text>", "why; recorded")
    .option("--json", "print JSON of schema driftward/retrain/v1")
    .addHelpText("after", example)
    .action(async (model: string, options: { readonly reason: string; readonly json?: true }, command: Command) => {
      const run = await withServices(context, command, { act: "retrain", on: { model } }, (services) =>
        retrain(services, { model, reason: options.reason, actor: services.actor }),
      );
      context.out(
        options.json
          ? `${JSON.stringify({ schema: "driftward/retrain/v1", run: run.number, state: run.state, trainer: run.trainer })}\n`
          : `${context.colors.green("✓")} run ${run.number} of ${plainText(model)} is queued\n`,
      );
    });
}
