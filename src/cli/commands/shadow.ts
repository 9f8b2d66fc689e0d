import { copyFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { type EvaluationRows, evaluationRows, evaluationRowsFormat } from "../../actions/evaluation-rows.ts";
import { type ShadowStatus, shadowOfRun } from "../../actions/shadow-status.ts";
import { DriftwardError } from "../../core/errors.ts";
import type { EvaluationMatch } from "../../core/run/evaluation-match.ts";
import { instant } from "../../render/format.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

interface Options {
  readonly evaluationRows?: string;
  readonly json?: true;
}

const example = `
Examples:
  $ driftward shadow 12
  $ driftward shadow 12 --evaluation-rows rows.parquet

The rows have prediction_id, timestamp, model_version and the features, and no labels. The service that serves the
challenger adds prediction (and score), and logs them: driftward ingest MODEL --shadow FILE.`;

/** `driftward shadow`: how a challenger does beside the champion, and the rows that it is to predict. */
export function addShadowCommand(program: Command, context: CliContext): void {
  program
    .command("shadow")
    .description("show how a run's challenger does in shadow, or write the evaluation rows that it is to predict")
    .argument("<run>", "number of the run", readNumber)
    .option("--evaluation-rows <file>", "write the rows to this file: .parquet, .csv or .ndjson")
    .option("--json", "print JSON of schema driftward/shadow/v1")
    .addHelpText("after", example)
    .action(async (run: number, { evaluationRows: file, json }: Options, command: Command) => {
      if (file === undefined) {
        const asked = { act: "look", on: { run } } as const;
        const found = await withServices(context, command, asked, (services) => shadowOfRun(services, run));
        context.out(json ? `${JSON.stringify({ schema: "driftward/shadow/v1", ...found })}\n` : shadowText(found));
        return;
      }
      const format = evaluationRowsFormat(file);
      const written = await withServices(context, command, { act: "ingest", on: { run } }, async (services) => {
        const rows = await evaluationRows(services, { run, format, actor: services.actor });
        await copyTo(rows.path, file);
        return rows;
      });
      const { rows, model, challenger } = written;
      const told = { schema: "driftward/shadow-rows/v1", run, model, challenger, rows, file };
      context.out(json ? `${JSON.stringify(told)}\n` : writtenText(context, written, file));
    });
}

/** How a shadow stands, in lines. */
export function shadowText({ run, challenger, since, until, said, evaluation }: ShadowStatus): string {
  const head = `In shadow: version ${plainText(challenger)} of run ${run}, from ${instant(since)} until ${instant(until)}: ${said}`;
  if (evaluation === undefined) return `${head}\n`;
  const wanted = evaluation.required && evaluation.logged < evaluation.rows ? " (the policy requires them)" : "";
  return `${head}\nEvaluation rows: ${plainText(evaluation.said)}${wanted}\n${worstText(evaluation)}`;
}

function worstText({ worst }: EvaluationMatch): string {
  if (worst === undefined) return "";
  const [filed, logged] = [worst.filed, worst.logged].map((value) => plainText(String(value ?? "missing")));
  return `  ${plainText(worst.id)}: ${plainText(worst.column)} is ${filed} in the file, ${logged} as logged\n`;
}

function writtenText({ colors }: CliContext, { rows, model, challenger }: EvaluationRows, file: string): string {
  return `${colors.green("✓")} ${rows.toLocaleString("en-US")} evaluation rows written to ${plainText(file)}
${colors.cyan("next")} let version ${plainText(challenger)} predict them where it is served, then: driftward ingest ${plainText(model)} --shadow FILE\n`;
}

async function copyTo(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    throw new DriftwardError("InvalidInput", `expected a file that can be written, got ${to}: ${error.message}`);
  });
}

function readNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("expected a number such as 12");
  return Number(text);
}
