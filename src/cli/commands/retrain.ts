import type { Command } from "commander";
import { retrain } from "../../actions/retrain.ts";
import { DriftwardError } from "../../core/errors.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

const example = `
Example:
  $ driftward retrain churn --reason "new data source since Monday"
  $ driftward retrain churn --override --reason "the champion fails for new customers"

The policy's limits (freeze, cooldown, budget, new labels) hold as they do for a rule. --override goes against the first three
and is recorded with what it went against; input that is broken takes --despite-broken-input as well. Workers do the rest:
\`driftward up\`.`;

/** `driftward retrain`: asks for a run. */
export function addRetrainCommand(program: Command, context: CliContext): void {
  program
    .command("retrain")
    .description("start a run for a model: retrain, evaluate, gate, promote")
    .argument("<model>")
    .requiredOption("--reason <text>", "why; recorded")
    .option("--override", "start it against a freeze, the cooldown and the budget; recorded")
    .option("--despite-broken-input", "with --override: learn from input that is broken; recorded")
    .option("--json", "print JSON of schema driftward/retrain/v1")
    .addHelpText("after", example)
    .action(async (model: string, options: Options, command: Command) => {
      const run = await withServices(context, command, { act: "retrain", on: { model } }, (services) =>
        retrain(services, { model, reason: options.reason, actor: services.actor, ...overrideOf(options) }),
      );
      context.out(
        options.json
          ? `${JSON.stringify({ schema: "driftward/retrain/v1", run: run.number, state: run.state, trainer: run.trainer })}\n`
          : `${context.colors.green("✓")} run ${run.number} of ${plainText(model)} is queued\n`,
      );
    });
}

interface Options {
  readonly reason: string;
  readonly override?: true;
  readonly despiteBrokenInput?: true;
  readonly json?: true;
}

function overrideOf({ override, despiteBrokenInput }: Options): {
  readonly override?: { readonly brokenInput: boolean };
} {
  if (override === true) return { override: { brokenInput: despiteBrokenInput === true } };
  if (despiteBrokenInput === true)
    throw new DriftwardError("InvalidInput", "expected --override with --despite-broken-input", {
      hint: "write both, with a reason: it is recorded",
    });
  return {};
}
