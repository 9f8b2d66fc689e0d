import type { Command } from "commander";
import { diagnose } from "../../actions/doctor.ts";
import { plainText } from "../../render/plain-text.ts";
import { type CliContext, exitCodes } from "../context.ts";

const example = `
Example:
  $ driftward doctor

Exit codes: 0 all works, 4 something would not.`;

/** `driftward doctor`: what would not work, and how to mend it. */
export function addDoctorCommand(program: Command, context: CliContext): void {
  program
    .command("doctor")
    .description("look at Node, data directory, PostgreSQL, Redis, SMTP, trainers and policies")
    .option("--json", "print JSON of schema driftward/doctor/v1")
    .addHelpText("after", example)
    .action(async (options: { readonly json?: true }, command: Command) => {
      const config = context.config(command.optsWithGlobals().config);
      const diagnoses = await diagnose(await context.probes(config));
      if (diagnoses.some((one) => !one.works)) context.setExitCode(exitCodes.couldNotRun);
      if (options.json) {
        context.out(`${JSON.stringify({ schema: "driftward/doctor/v1", diagnoses })}\n`);
        return;
      }
      const { colors } = context;
      const width = Math.max(...diagnoses.map((one) => one.name.length));
      for (const { name, works, found, remedy } of diagnoses) {
        context.out(`${works ? colors.green("✓") : colors.red("✗")} ${name.padEnd(width)}  ${plainText(found)}\n`);
        if (remedy !== undefined) context.out(`  ${" ".repeat(width)}  ${colors.cyan("next")} ${remedy}\n`);
      }
    });
}
