import type { Command } from "commander";
import { type Applied, applyPolicies } from "../../actions/apply-policies.ts";
import { plainText } from "../../render/plain-text.ts";
import { problemAsText, problemsAsJson } from "../../render/policy-problems.ts";
import { type CliContext, exitCodes } from "../context.ts";
import { noPolicies } from "../no-policies.ts";
import { withServices } from "../with-services.ts";

const example = `
Examples:
  $ driftward apply
  $ driftward apply policies/churn.yaml

A file with a mistake changes nothing: the revision in force before still is. So is the last one of a file that is gone.
Exit codes: 0 all in force, 3 a file has a mistake (the others are in force), or there is none.`;

/** `driftward apply`: puts policies in force and records the revision. */
export function addApplyCommand(program: Command, context: CliContext): void {
  program
    .command("apply")
    .description("put the policies of the configured folder, or of the files named, in force")
    .argument("[path...]", "policy files or folders")
    .option("--json", "print JSON of schema driftward/apply/v1")
    .addHelpText("after", example)
    .action(async (paths: string[], options: { readonly json?: true }, command: Command) => {
      const result = await withServices(context, command, { act: "apply" }, (services) =>
        applyPolicies(services, services.actor, paths.length === 0 ? { tellLeft: true } : { paths }),
      );
      const isEmpty = result.applied.length + result.problems.length === 0;
      const missing = () => noPolicies(context.config(command.optsWithGlobals().config), paths);
      if (isEmpty && result.left.length === 0) throw missing();
      if (result.problems.some((problem) => problem.severity === "error")) context.setExitCode(exitCodes.wrongUse);
      if (!options.json) showApplied(context, result);
      else {
        const { problems } = problemsAsJson({ files: [], problems: result.problems }) as { problems: unknown };
        context.out(
          `${JSON.stringify({ schema: "driftward/apply/v1", applied: result.applied, left: result.left, problems })}\n`,
        );
      }
      // Of JSON there is one document: what is left says it, and the exit code.
      if (isEmpty && options.json) context.setExitCode(exitCodes.wrongUse);
      else if (isEmpty) throw missing();
    });
}

/** One line a policy, and every mistake with its place. */
export function showApplied({ out, err, colors }: CliContext, { applied, left, problems }: Applied): void {
  for (const { model, path, changed, unknown } of applied) {
    const mark = changed ? colors.green("✓") : colors.dim("·");
    const standing = changed ? "is in force" : "was in force already";
    const note = unknown ? colors.yellow(" (nothing else is known of this model yet: is its name right?)") : "";
    out(`${mark} ${plainText(model)}: ${plainText(path)} ${standing}${note}\n`);
  }
  for (const { model, path, gone } of left) {
    const standing = gone ? "is gone" : "governs it no more";
    out(
      `${colors.yellow("▲")} ${plainText(model)}: ${plainText(path)} ${standing}; its last revision stays in force\n`,
    );
  }
  for (const problem of problems) err(`${problemAsText(problem)}\n`);
  if (applied.length + left.length + problems.length === 0) out("No policy files found.\n");
}
