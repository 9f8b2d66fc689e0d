import type { Command } from "commander";
import { type ShownPolicy, showPolicyInForce, showPolicyOfFiles } from "../../actions/policy.ts";
import { plainValues, resolvedValues } from "../../core/policy/resolved-file.ts";
import { instant } from "../../render/format.ts";
import { plainText } from "../../render/plain-text.ts";
import { resolvedPolicyAsYaml } from "../../render/resolved-policy.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

const example = `
Examples:
  $ driftward policy churn
  $ driftward policy churn/NL --path policies/churn.yaml

What is printed is a policy file again; each value says which file and line it is from, or that it is the default.`;

interface Options {
  readonly path?: readonly string[];
  readonly json?: true;
}

/** `driftward policy MODEL`: the policy in force, or one of files, with every value and where it is from. */
export function addPolicyCommand(program: Command, context: CliContext): void {
  program
    .command("policy")
    .description("print the policy of a model with every default filled in, and where each value is from")
    .argument("<model>", "such as churn or churn/NL")
    .option("--path <path...>", "read these files or folders instead of what is in force")
    .option("--json", "print JSON of schema driftward/policy/v1")
    .addHelpText("after", example)
    .action(async (model: string, options: Options, command: Command) => {
      const found = await find(context, command, model, options);
      if (options.json) context.out(`${JSON.stringify(asJson(found))}\n`);
      else
        context.out(
          `${heading(found)
            .map((line) => `# ${line}\n`)
            .join("")}${resolvedPolicyAsYaml(found.resolved)}\n`,
        );
    });
}

async function find(context: CliContext, command: Command, model: string, { path }: Options): Promise<ShownPolicy> {
  if (path === undefined)
    return withServices(context, command, { act: "look", on: { model } }, ({ state }) =>
      showPolicyInForce(state, model),
    );
  const config = context.config(command.optsWithGlobals().config);
  return showPolicyOfFiles({ policySource: await context.openPolicySource(config) }, model, path);
}

function heading({ path, commit, author, revision }: ShownPolicy): readonly string[] {
  const by = author === undefined ? "" : ` by ${plainText(author)}`;
  const from = `${plainText(path)}${commit === undefined ? ", not committed" : ` @ ${plainText(commit)}${by}`}`;
  if (revision === undefined) return [from];
  return [`revision ${revision.seq}, in force since ${instant(revision.appliedAt)}`, from, `sha256 ${revision.digest}`];
}

function asJson({ model, path, commit, author, revision, resolved }: ShownPolicy): object {
  return {
    schema: "driftward/policy/v1",
    ...{ model, path, commit: commit ?? null, author: author ?? null, revision: revision ?? null },
    policy: plainValues(resolved),
    values: resolvedValues(resolved).map(({ path: of, value, origin }) => ({
      ...{ path: of, value, from: origin.from },
      ...(origin.place ?? {}),
    })),
  };
}
