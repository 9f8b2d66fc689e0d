import type { Command } from "commander";
import { liftVersion, rollback } from "../../actions/rollback.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

const rollbackExample = `
Examples:
  $ driftward rollback churn --reason "complaints from support since noon"
  $ driftward rollback churn --to 3 --reason "4 and 5 share the fault"

The version that served before is champion again, with its baseline, at once. The one that is taken back is not promoted
again until a person lifts it.`;

const liftExample = `
Example:
  $ driftward lift churn 4 --reason "the labels were wrong, not the version"`;

/** `driftward rollback` and `driftward lift`: a person's word on a version. */
export function addRollbackCommands(program: Command, context: CliContext): void {
  program
    .command("rollback")
    .description("take the champion back: the version that served before serves again")
    .argument("<model>")
    .requiredOption("--reason <text>", "why; recorded and told to the owners")
    .option("--to <version>", "a version that served before; the last one when absent")
    .option("--json", "print JSON of schema driftward/rollback/v1")
    .addHelpText("after", rollbackExample)
    .action(async (model: string, { json, ...options }: RollbackOptions, command: Command) => {
      const done = await withServices(context, command, { act: "rollback", on: { model } }, (services) =>
        rollback(services, { model, ...options, actor: services.actor }),
      );
      context.out(
        json
          ? `${JSON.stringify({ schema: "driftward/rollback/v1", ...done })}\n`
          : `${context.colors.green("✓")} version ${plainText(done.from)} of ${plainText(model)} was taken back; version ${plainText(done.to)} serves\n`,
      );
    });
  program
    .command("lift")
    .description("let a version that was taken back be promoted again")
    .argument("<model>")
    .argument("<version>")
    .requiredOption("--reason <text>", "why; recorded")
    .option("--json", "print JSON of schema driftward/lift/v1")
    .addHelpText("after", liftExample)
    .action(async (model: string, version: string, { json, reason }: LiftOptions, command: Command) => {
      await withServices(context, command, { act: "lift", on: { model } }, (services) =>
        liftVersion(services, { model, version, reason, actor: services.actor }),
      );
      context.out(
        json
          ? `${JSON.stringify({ schema: "driftward/lift/v1", model, version })}\n`
          : `${context.colors.green("✓")} version ${plainText(version)} of ${plainText(model)} may serve again\n`,
      );
    });
}

interface RollbackOptions {
  readonly reason: string;
  readonly to?: string;
  readonly json?: true;
}

interface LiftOptions {
  readonly reason: string;
  readonly json?: true;
}
