import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { calibrateModel } from "../../actions/calibrate.ts";
import { calibrationHtml } from "../../render/calibration-html.ts";
import { calibrationTable } from "../../render/calibration-table.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

const example = `
Examples:
  $ driftward calibrate churn
  $ driftward calibrate churn --html calibration.html`;

/** `driftward calibrate`: what a policy's alarm budget comes to on its baseline. */
export function addCalibrateCommand(program: Command, context: CliContext): void {
  program
    .command("calibrate")
    .description("show the limits that follow from the alarm budget, what rules them, and what they can see")
    .argument("<model>", "a model with a policy and a baseline")
    .option("--html <file>", "write a page that draws it")
    .option("--json", "print JSON of schema driftward/calibrate/v1")
    .addHelpText("after", example)
    .action(async (model: string, options: { readonly html?: string; readonly json?: true }, command: Command) => {
      const found = await withServices(context, command, { act: "look", on: { model } }, (services) =>
        calibrateModel(services, model),
      );
      if (options.html !== undefined) await writeFile(options.html, calibrationHtml(found));
      if (options.json) context.out(`${JSON.stringify({ schema: "driftward/calibrate/v1", ...found })}\n`);
      else context.out(`${calibrationTable(found)}\n`);
      if (options.html !== undefined) context.err(`${context.colors.green("✓")} written: ${options.html}\n`);
    });
}
