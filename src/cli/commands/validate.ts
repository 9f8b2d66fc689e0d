import type { Command } from "commander";
import { Option } from "commander";
import { validate } from "../../actions/validate.ts";
import { operatorNames } from "../../core/policy/check-operator.ts";
import { problemsAsJson, problemsAsJunit, problemsAsText } from "../../render/policy-problems.ts";
import { type CliContext, exitCodes } from "../context.ts";
import { noPolicies } from "../no-policies.ts";

const example = `
Examples:
  $ driftward validate
  $ driftward validate policies/churn.yaml --format junit

Exit codes: 0 no errors (hints do not count), 3 errors, or no policy file found.`;

/** `driftward validate`: every mistake of policy files at once; needs no state and changes nothing. */
export function addValidateCommand(program: Command, context: CliContext): void {
  program
    .command("validate")
    .description("check policy files: form, conditions and sense")
    .argument("[path...]", "policy files or folders (default: the configured folder)")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json", "junit"]).default("text"))
    .option("--json", "the same as --format json")
    .addHelpText("after", example)
    .action(async (paths: string[], options: { readonly format: string; readonly json?: true }, command: Command) => {
      const config = context.config(command.optsWithGlobals().config);
      const found = await validate(
        {
          policySource: await context.openPolicySource(config),
          operator: operatorNames(config),
        },
        paths.length === 0 ? undefined : paths,
      );
      if (found.files.length === 0) throw noPolicies(config, paths);
      const format = options.json ? "json" : options.format;
      if (format === "json") context.out(`${JSON.stringify(problemsAsJson(found))}\n`);
      else context.out(`${format === "junit" ? problemsAsJunit(found) : problemsAsText(found)}\n`);
      if (found.problems.some((problem) => problem.severity === "error")) context.setExitCode(exitCodes.wrongUse);
    });
}
