import { Command, CommanderError } from "commander";
import { type CliContext, exitCodes } from "./context.ts";
import { reportError } from "./report-error.ts";

type AddCommand = (program: Command, context: CliContext) => void;

/** In the order of the help. Only the command that is asked for is loaded: all of them take longer than many a check. */
const commands: readonly { readonly names: readonly string[]; readonly load: () => Promise<AddCommand> }[] = [
  { names: ["demo"], load: async () => (await import("./commands/demo.ts")).addDemoCommand },
  { names: ["up"], load: async () => (await import("./commands/up.ts")).addUpCommand },
  { names: ["check"], load: async () => (await import("./commands/check.ts")).addCheckCommand },
  { names: ["ingest"], load: async () => (await import("./commands/ingest.ts")).addIngestCommand },
  { names: ["baseline"], load: async () => (await import("./commands/baseline.ts")).addBaselineCommand },
  { names: ["validate"], load: async () => (await import("./commands/validate.ts")).addValidateCommand },
  { names: ["plan"], load: async () => (await import("./commands/plan.ts")).addPlanCommand },
  { names: ["backtest"], load: async () => (await import("./commands/backtest.ts")).addBacktestCommand },
  { names: ["apply"], load: async () => (await import("./commands/apply.ts")).addApplyCommand },
  { names: ["policy"], load: async () => (await import("./commands/policy.ts")).addPolicyCommand },
  { names: ["calibrate"], load: async () => (await import("./commands/calibrate.ts")).addCalibrateCommand },
  { names: ["status"], load: async () => (await import("./commands/status.ts")).addStatusCommand },
  { names: ["why"], load: async () => (await import("./commands/why.ts")).addWhyCommand },
  { names: ["ack"], load: async () => (await import("./commands/ack.ts")).addAckCommand },
  { names: ["quarantine"], load: async () => (await import("./commands/quarantine.ts")).addQuarantineCommand },
  { names: ["silence"], load: async () => (await import("./commands/silence.ts")).addSilenceCommand },
  { names: ["runs", "run", "retry"], load: async () => (await import("./commands/runs.ts")).addRunCommands },
  { names: ["retrain"], load: async () => (await import("./commands/retrain.ts")).addRetrainCommand },
  {
    names: ["approve", "reject", "cancel"],
    load: async () => (await import("./commands/give-word.ts")).addWordCommands,
  },
  { names: ["audit"], load: async () => (await import("./commands/audit.ts")).addAuditCommand },
  { names: ["evidence"], load: async () => (await import("./commands/evidence.ts")).addEvidenceCommand },
  { names: ["token"], load: async () => (await import("./commands/token.ts")).addTokenCommand },
  {
    names: ["rollback", "lift"],
    load: async () => (await import("./commands/rollback.ts")).addRollbackCommands,
  },
  {
    names: ["versions", "route"],
    load: async () => (await import("./commands/versions.ts")).addVersionsCommands,
  },
  { names: ["shadow"], load: async () => (await import("./commands/shadow.ts")).addShadowCommand },
  { names: ["mail"], load: async () => (await import("./commands/mail.ts")).addMailCommand },
  { names: ["doctor"], load: async () => (await import("./commands/doctor.ts")).addDoctorCommand },
];

/** The commands of a command line: one, or all where it names none, so that help and corrections know them. */
async function commandsFor(argv: readonly string[]): Promise<readonly AddCommand[]> {
  const words = argv.slice(2).filter((word, i, all) => !word.startsWith("-") && all[i - 1] !== "--config");
  const asked = commands.filter(({ names }) => words[0] !== undefined && names.includes(words[0]));
  return Promise.all((asked.length > 0 ? asked : commands).map(({ load }) => load()));
}

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
  for (const add of await commandsFor(argv)) add(program, context);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) context.setExitCode(error.exitCode === 0 ? exitCodes.ok : exitCodes.wrongUse);
    else reportError(context, error, argv.includes("--json") || argv.join(" ").includes("--format json"));
  }
}
