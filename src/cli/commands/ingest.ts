import type { Command } from "commander";
import { collectModel } from "../../actions/collect-model.ts";
import { DriftwardError } from "../../core/errors.ts";
import { nearestName } from "../../core/nearest-name.ts";
import { plainText } from "../../render/plain-text.ts";
import { ingestDivided } from "../../stages/ingest/divide.ts";
import type { IngestResult } from "../../stages/ingest.ts";
import { type CliContext, exitCodes } from "../context.ts";
import { collect, readColumns, readDelimiter } from "../read-columns.ts";
import { withServices } from "../with-services.ts";

interface Options {
  readonly labels?: true;
  readonly shadow?: true;
  readonly column: readonly string[];
  readonly delimiter?: string;
  readonly epoch?: "s" | "ms";
  readonly json?: true;
}

const example = `
Examples:
  $ driftward ingest churn logs/2026-11-24.ndjson
  $ driftward ingest churn --labels outcomes.csv
  $ driftward ingest churn            takes in what its policy names in data.predictions
  $ driftward ingest churn week.csv --column prediction_id=id --column timestamp=scored_at

The same file twice changes nothing. Refused rows are kept in a file with their reasons.
Exit codes: 0 taken in (also when some rows were refused), 3 wrong use, 4 a file cannot be used or all of its rows were refused.`;

/** `driftward ingest`: predictions, or late labels, into the prediction log. */
export function addIngestCommand(program: Command, context: CliContext): void {
  program
    .command("ingest")
    .description("take predictions (or, with --labels, outcomes) from files into the prediction log")
    .argument("<model>", "the model that made the predictions")
    .argument("[file...]", "NDJSON, CSV or Parquet; without any, what the model's policy names in data.predictions")
    .option("--shadow", "the files hold what a challenger in shadow said of the champion's predictions, by their ids")
    .option("--labels", "the files hold labels: prediction_id, label, label_timestamp")
    .option(
      "--column <contract=name>",
      "where a column's name differs from the contract's; may be repeated",
      collect,
      [],
    )
    .option("--delimiter <sign>", "what separates the columns of CSV: a comma when absent, a tab in .tsv")
    .option("--epoch <unit>", "unit of timestamps that are numbers: s or ms")
    .option("--json", "print JSON of schema driftward/ingest/v1")
    .addHelpText("after", example)
    .action(async (model: string, files: string[], options: Options, command: Command) => {
      if (options.epoch !== undefined && !["s", "ms"].includes(options.epoch))
        throw new DriftwardError("InvalidInput", `expected --epoch s or --epoch ms, got "${options.epoch}"`);
      const mapping = readColumns(options.column);
      const separated = readDelimiter(options.delimiter);
      if (files.length === 0) return collectNow(context, command, model, options);
      await withServices(context, command, { act: "ingest", on: { model } }, async (services) => {
        const before = (await services.state.models.list()).map(({ name }) => name);
        let divided = false;
        for (const file of files) {
          const { parts, elsewhere } = await ingestDivided(services, {
            model,
            kind: options.labels ? "labels" : options.shadow ? "shadow" : "predictions",
            from: { file, ...separated },
            actor: services.actor,
            mapping,
            ...(options.epoch === undefined ? {} : { epoch: options.epoch }),
          });
          const [taken, refused] = [sum(parts, "accepted") + sum(parts, "known"), sum(parts, "refused")];
          if (taken === 0 && refused + elsewhere > 0) context.setExitCode(exitCodes.couldNotRun);
          for (const { model: name, result } of parts) {
            const said = name === model ? file : `${file} → ${name}`;
            context.out(options.json ? `${JSON.stringify(asJson(name, file, result))}\n` : told(context, said, result));
          }
          if (elsewhere > 0) context.err(ofNone(context, { file, elsewhere, model, labels: options.labels === true }));
          divided ||= parts.some((part) => part.model !== model) || elsewhere > 0;
        }
        if (!before.includes(model) && !divided && !options.json) context.err(newModel(context, model, before));
      });
    });
}

type Parts = Awaited<ReturnType<typeof ingestDivided>>["parts"];

function sum(parts: Parts, what: "accepted" | "known" | "refused"): number {
  return parts.reduce((total, { result }) => total + result[what], 0);
}

/** Rows that no model of a divided one takes. */
function ofNone(
  { colors }: CliContext,
  of: { readonly file: string; readonly elsewhere: number; readonly model: string; readonly labels: boolean },
): string {
  const rows = of.elsewhere === 1 ? "1 row is" : `${of.elsewhere.toLocaleString("en-US")} rows are`;
  const why = of.labels ? "no prediction of theirs is known: send them again after it" : "for_each lists no such value";
  return `${colors.yellow("note")} ${plainText(of.file)}: ${rows} of none of the models of ${of.model}: ${why}\n`;
}

/** Takes in what the policy in force names, as the workers do by themselves. */
async function collectNow(context: CliContext, command: Command, name: string, options: Options): Promise<void> {
  const { files, problems } = await withServices(context, command, { act: "ingest", on: { model: name } }, (services) =>
    collectModel(services, name, options.labels === true),
  );
  for (const { file, result } of files)
    context.out(options.json ? `${JSON.stringify(asJson(name, file, result))}\n` : told(context, file, result));
  for (const { file, error } of problems)
    context.err(`${context.colors.red("error")} ${plainText(file)}: ${plainText(String((error as Error).message))}\n`);
  if (problems.length > 0) context.setExitCode(exitCodes.couldNotRun);
  if (files.length + problems.length === 0 && !options.json) context.out("Nothing is new.\n");
}

/** A mistyped name would otherwise make a model that nobody watches. */
function newModel({ colors }: CliContext, model: string, before: readonly string[]): string {
  const nearest = nearestName(model, before);
  const doubt = nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
  return `${colors.yellow("note")} ${model} is a new model${doubt}: it is watched once it has a baseline and a policy
${colors.cyan("next")} driftward baseline ${model} VERSION FILE\n`;
}

function asJson(model: string, file: string, { files, ...result }: IngestResult): object {
  return { schema: "driftward/ingest/v1", model, file, ...result, log_files: files.map(({ path }) => path) };
}

function told({ colors }: CliContext, file: string, result: IngestResult): string {
  const name = plainText(file);
  if (result.already) return `${colors.dim("·")} ${name}: read before, nothing changed\n`;
  const parts = [
    `${result.accepted.toLocaleString("en-US")} row${result.accepted === 1 ? "" : "s"} taken in`,
    ...(result.known > 0 ? [`${result.known.toLocaleString("en-US")} known before`] : []),
    ...(result.refused > 0 ? [`${result.refused.toLocaleString("en-US")} refused`] : []),
  ];
  const mark = result.refused > 0 ? colors.yellow("▲") : colors.green("✓");
  const reasons = result.reasons.map((reason) => `    ${plainText(reason)}\n`).join("");
  const where = result.rejectFile === undefined ? "" : `    all refused rows: ${result.rejectFile}\n`;
  return `${mark} ${name}: ${parts.join(", ")}\n${reasons}${where}`;
}
