import { type Command, Option } from "commander";
import { type BaselineResult, registerBaseline } from "../../actions/baseline.ts";
import { DriftwardError } from "../../core/errors.ts";
import { estimate } from "../../render/format.ts";
import { plainTable } from "../../render/plain-table.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";
import { collect, readColumns, readDelimiter } from "../read-columns.ts";
import { withServices } from "../with-services.ts";

interface Options {
  readonly task?: "binary" | "multiclass" | "regression";
  readonly column: readonly string[];
  readonly artifact?: string;
  readonly delimiter?: string;
  readonly replace?: true;
  readonly reason?: string;
  readonly json?: true;
}

const example = `
Examples:
  $ driftward baseline churn 1 holdout.parquet
  $ driftward baseline churn 1 holdout-2.parquet --replace --reason 'the first file had no labels'
  $ driftward baseline churn 1 holdout.csv --task binary --column label=churned

Rows that the version was not trained on make the better baseline. With prediction and label columns, the metrics are
computed here and become the version's promise. The first version of a model becomes its champion. Another file for the
same version replaces its baseline while no check was made against it; later it takes --replace --reason TEXT.`;

/** `driftward baseline`: what a version's windows are compared with. */
export function addBaselineCommand(program: Command, context: CliContext): void {
  program
    .command("baseline")
    .description("profile a version's training or holdout rows: the baseline of its drift checks")
    .argument("<model>", "the model, made when it is new")
    .argument("<version>", "the version, as the rows' model_version names it")
    .argument("<file>", "Parquet, CSV or NDJSON with the features and, if possible, prediction and label")
    .addOption(
      new Option("--task <task>", "kind of model, where the rows leave a doubt").choices([
        "binary",
        "multiclass",
        "regression",
      ]),
    )
    .option(
      "--column <contract=name>",
      "where a column's name differs from the contract's; may be repeated",
      collect,
      [],
    )
    .option("--delimiter <sign>", "what separates the columns of CSV: a comma when absent, a tab in .tsv")
    .option("--artifact <place>", "where the trained artifact is")
    .option("--replace", "take the place of a baseline that checks were made against; needs --reason")
    .option("--reason <text>", "why, for the audit trail")
    .option("--json", "print JSON of schema driftward/baseline/v1")
    .addHelpText("after", example)
    .action(async (model: string, version: string, file: string, options: Options, command: Command) => {
      if ((options.replace === true) !== (options.reason !== undefined))
        throw new DriftwardError("InvalidInput", "expected --replace and --reason together", {
          hint: "say why: --replace --reason 'the first file had no labels'",
        });
      const separated = readDelimiter(options.delimiter);
      const result = await withServices(context, command, { act: "baseline", on: { model } }, (services) =>
        registerBaseline(services, {
          model,
          version,
          from: { file, ...separated },
          actor: services.actor,
          mapping: readColumns(options.column),
          ...(options.task === undefined ? {} : { task: options.task }),
          ...(options.reason === undefined ? {} : { replace: options.reason }),
          ...(options.artifact === undefined ? {} : { artifact: options.artifact }),
        }),
      );
      context.out(
        options.json
          ? `${JSON.stringify({ schema: "driftward/baseline/v1", ...result })}\n`
          : told(context, result, version),
      );
    });
}

function whichFeatures(features: BaselineResult["features"]): string {
  const kinds = Object.values(features);
  if (kinds.length === 0) return "no features: drift of the prediction alone is tested";
  const numeric = kinds.filter((kind) => kind === "numeric").length;
  return `${numeric} numeric and ${kinds.length - numeric} categorical features`;
}

function told({ colors }: CliContext, result: BaselineResult, version: string): string {
  const { already, rows, features, champion, refused, reasons, metrics, limitations } = result;
  const lines = [
    `${colors.green("✓")} version ${plainText(version)}: ${rows.toLocaleString("en-US")} rows, ${whichFeatures(features)}${already ? " (registered before, nothing changed)" : ""}${result.replaced ? "; it replaces the baseline before" : ""}`,
    ...limitations.map((text) => `  ${colors.yellow("▲")} ${plainText(text)}`),
    ...(champion ? ["  it is the champion"] : []),
    ...(refused > 0
      ? [`  ${colors.yellow("▲")} ${refused} rows left out`, ...reasons.map((reason) => `    ${plainText(reason)}`)]
      : []),
  ];
  const promised = Object.entries(metrics).map(([metric, value]) => ["", metric, estimate(value)]);
  const promise = promised.length === 0 ? [] : [plainTable(["", "promised", "95 % interval"], promised)];
  return `${[...lines, ...promise].join("\n")}\n`;
}
