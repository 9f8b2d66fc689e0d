import { Command, CommanderError } from "commander";
import { addApplyCommand } from "./commands/apply.ts";
import { addBacktestCommand } from "./commands/backtest.ts";
import { addBaselineCommand } from "./commands/baseline.ts";
import { addCalibrateCommand } from "./commands/calibrate.ts";
import { addCheckCommand } from "./commands/check.ts";
import { addDemoCommand } from "./commands/demo.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addWordCommands } from "./commands/give-word.ts";
import { addIngestCommand } from "./commands/ingest.ts";
import { addMailCommand } from "./commands/mail.ts";
import { addPlanCommand } from "./commands/plan.ts";
import { addPolicyCommand } from "./commands/policy.ts";
import { addRetrainCommand } from "./commands/retrain.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addUpCommand } from "./commands/up.ts";
import { addValidateCommand } from "./commands/validate.ts";
import { addWhyCommand } from "./commands/why.ts";
import { type CliContext, exitCodes } from "./context.ts";
import { reportError } from "./report-error.ts";

const commands = [
  addDemoCommand,
  addUpCommand,
  addCheckCommand,
  addIngestCommand,
  addBaselineCommand,
  addValidateCommand,
  addPlanCommand,
  addBacktestCommand,
  addApplyCommand,
  addPolicyCommand,
  addCalibrateCommand,
  addStatusCommand,
  addWhyCommand,
  addRetrainCommand,
  addWordCommands,
  addMailCommand,
  addDoctorCommand,
];

/**
 * Runs one command line. Everything that goes wrong is told here, and the exit code is set.
 *
 * @param argv  as process.argv: the first two are the program
 */
export async function runCommandLine(argv: readonly string[], context: CliContext, version: string): Promise<void> {
  const program = new Command("driftward")
    .description("Watches models in production, tells when something really changed, and retrains under your policies.")
    .version(version)
    .option("--config <file>", "driftward.yaml to use instead of the one in this folder")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: context.out, writeErr: context.err });
  for (const add of commands) add(program, context);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) context.setExitCode(error.exitCode === 0 ? exitCodes.ok : exitCodes.wrongUse);
    else reportError(context, error, argv.includes("--json") || argv.join(" ").includes("--format json"));
  }
}
