import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { makeEvidence } from "../../actions/evidence.ts";
import { keyText, parseKey } from "../../core/audit/checkpoint.ts";
import { type EvidenceVerdict, verifyEvidence } from "../../core/audit/evidence.ts";
import { DriftwardError } from "../../core/errors.ts";
import { instant } from "../../render/format.ts";
import { plainText } from "../../render/plain-text.ts";
import { type CliContext, exitCodes } from "../context.ts";
import { withServices } from "../with-services.ts";

const example = `
Examples:
  $ driftward evidence churn@2 --out churn-2.evidence.json
  $ driftward evidence verify churn-2.evidence.json --key ed25519:…

verify needs no state and no network. Exit codes of verify: 0 sound, 1 not.`;

/** `driftward evidence`: what led to a promotion, as one file that can be checked anywhere. */
export function addEvidenceCommand(program: Command, context: CliContext): void {
  const evidence = program
    .command("evidence")
    .description("bundle what led to a version's promotion, with its records and a signed checkpoint")
    .argument("<version>", "such as churn@2")
    .option("--out <file>", "where to write it; printed when absent")
    .option("--json", "print JSON of schema driftward/evidence-made/v1")
    .addHelpText("after", example)
    .action(async (name: string, options: { readonly out?: string; readonly json?: true }, command: Command) => {
      const on = { model: name.split("@")[0] };
      const text = await withServices(context, command, { act: "look", on }, (services) =>
        makeEvidence(services, name),
      );
      if (options.out === undefined) return context.out(text);
      await writeFile(options.out, text);
      const { colors } = context;
      context.out(
        options.json
          ? `${JSON.stringify({ schema: "driftward/evidence-made/v1", version: name, file: options.out })}\n`
          : `${colors.green("✓")} evidence of ${plainText(name)} written to ${plainText(options.out)}\n`,
      );
    });
  evidence
    .command("verify")
    .description("check a file of evidence, without any state")
    .argument("<file>")
    .option("--key <key>", "the public key that must have signed it, as `driftward audit key` prints it")
    .option("--json", "print JSON of schema driftward/evidence-verify/v1")
    .addHelpText("after", "\nExample:\n  $ driftward evidence verify churn-2.evidence.json --key ed25519:…")
    .action(async (file: string, options: { readonly key?: string; readonly json?: true }) => {
      const key = options.key === undefined ? undefined : parseKey(options.key);
      const verdict = verifyEvidence(await readText(file), key);
      if (!verdict.sound) context.setExitCode(exitCodes.verdict);
      context.out(options.json ? `${JSON.stringify(asJson(verdict))}\n` : asText(context, verdict, key));
    });
}

async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT")
      throw new DriftwardError("NotFound", `expected a file of evidence at ${path}, found none`, {
        hint: "driftward evidence MODEL@VERSION --out FILE makes one",
      });
    throw new DriftwardError("InvalidInput", `expected a file of evidence at ${path}: ${error.message}`);
  });
}

function asText({ colors }: CliContext, verdict: EvidenceVerdict, key: string | undefined): string {
  if (!verdict.sound)
    return [
      `${colors.red("✗")} this is not sound evidence`,
      ...verdict.problems.map((one) => `  ${plainText(one)}`),
      "",
    ].join("\n");
  const { statement, records, checkpoint } = verdict.evidence;
  const { model, version, run, gates, approvals } = statement;
  const compared = key === undefined ? ": compare it with `driftward audit key`" : ", as expected";
  return [
    `${colors.green("✓")} version ${plainText(version.name)} of ${plainText(model)} was promoted by run ${run.number}`,
    `  ${gates.length} gate${gates.length === 1 ? "" : "s"}, ${approvals.length} approval${approvals.length === 1 ? "" : "s"}, as recorded`,
    `  ${records.length} records without a gap up to the checkpoint of ${instant(checkpoint.at)} at record ${checkpoint.seq}`,
    `  signed by ${keyText(verdict.key)}${compared}`,
    "",
  ].join("\n");
}

function asJson(verdict: EvidenceVerdict): object {
  const schema = "driftward/evidence-verify/v1";
  if (!verdict.sound) return { schema, sound: false, problems: verdict.problems };
  const { statement, records, checkpoint } = verdict.evidence;
  const { model, version, run } = statement;
  return {
    ...{ schema, sound: true, model, version: version.name, run: run.number, records: records.length },
    ...{ key: keyText(verdict.key), checkpoint: { seq: checkpoint.seq, at: checkpoint.at } },
  };
}
