import { type Command, Option } from "commander";
import { modelsIn } from "../../actions/models-in.ts";
import type { Asked } from "../../actions/permit.ts";
import { type Plan, plan } from "../../actions/plan.ts";
import { parseDuration } from "../../core/units.ts";
import type { PolicyText } from "../../ports/policy-source.ts";
import type { Services } from "../../ports/services.ts";
import { planMarkdown } from "../../render/plan-markdown.ts";
import { planText } from "../../render/plan-text.ts";
import { planJson } from "../../render/replay-json.ts";
import { type CliContext, exitCodes } from "../context.ts";
import { noPolicies } from "../no-policies.ts";
import { withServices } from "../with-services.ts";

interface Options {
  readonly since: string;
  readonly hindsight?: true;
  readonly json?: true;
  readonly markdown?: true;
  readonly detailedExitcode?: true;
}

const example = `
Examples:
  $ driftward plan
  $ driftward plan policies/churn.yaml --since 180d
  $ driftward plan --markdown --detailed-exitcode > comment.md

Both versions are replayed over the end of the record, with what was known then. Champions stay what they were: a replay
trains nothing. Exit codes: 0 done, 2 something changes (with --detailed-exitcode), 3 a file has a mistake,
or there is none.`;

/** `driftward plan`: what policy files would change, and what they would have done. */
export function addPlanCommand(program: Command, context: CliContext): void {
  program
    .command("plan")
    .description("show what policy files would change, and what they would have done with the recorded past")
    .argument("[path...]", "policy files or folders (default: the configured place)")
    .option("--since <duration>", "how much of the record to replay", "90d")
    .option("--hindsight", "use all that is known today, instead of what was known then")
    .addOption(new Option("--json", "print JSON of schema driftward/plan/v1").conflicts("markdown"))
    .option("--markdown", "print a comment for a pull request")
    .option("--detailed-exitcode", "exit 2 when something changes")
    .addHelpText("after", example)
    .action(async (paths: string[], options: Options, command: Command) => {
      const sinceMs = parseDuration(options.since);
      const request = { sinceMs, hindsight: options.hindsight === true };
      const found =
        paths.length === 0
          ? await withServices(context, command, { act: "look" }, (services) => plan(services, request))
          : await planFiles(context, command, paths, request);
      const isEmpty = found.problems.length === 0 && found.models.every(({ kind }) => kind === "left");
      const missing = () => noPolicies(context.config(command.optsWithGlobals().config), paths);
      if (isEmpty && found.models.length === 0) throw missing();
      if (options.json) context.out(`${JSON.stringify(planJson(found))}\n`);
      else context.out(`${options.markdown ? planMarkdown(found) : planText(found, context.colors)}\n`);
      // Of JSON there is one document: what is left says it, and the exit code.
      if (isEmpty && options.json) context.setExitCode(exitCodes.wrongUse);
      else if (isEmpty) throw missing();
      const changes = found.models.some(({ kind }) => kind === "new" || kind === "changed");
      if (found.problems.some(({ severity }) => severity === "error")) context.setExitCode(exitCodes.wrongUse);
      else if (changes && options.detailedExitcode === true) context.setExitCode(exitCodes.changes);
    });
}

/** Files are read once: what their models are decides who may see what they would have done. */
async function planFiles(
  context: CliContext,
  command: Command,
  paths: readonly string[],
  request: Omit<Parameters<typeof plan>[1], "paths">,
): Promise<Plan> {
  let texts: readonly PolicyText[] = [];
  const asked = async ({ policySource }: Services): Promise<Asked> => {
    texts = await policySource.read(paths);
    return { act: "look", on: { models: modelsIn(texts) } };
  };
  return withServices(context, command, asked, (services) =>
    plan({ ...services, policySource: { read: async () => texts } }, { ...request, paths }),
  );
}
