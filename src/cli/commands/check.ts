import { dirname } from "node:path";
import { type Command, Option } from "commander";
import { checkModel } from "../../actions/check-model.ts";
import { compareFiles } from "../../actions/compare-files.ts";
import { dataFiles } from "../../actions/data-files.ts";
import { DriftwardError } from "../../core/errors.ts";
import { parseShare } from "../../core/units.ts";
import type { Verdict } from "../../core/verdict.ts";
import { type CheckReport, checkJson } from "../../render/check-report.ts";
import { checkTable } from "../../render/check-table.ts";
import { type CliContext, exitCodes } from "../context.ts";
import { withServices } from "../with-services.ts";

interface Options {
  readonly baseline?: string[];
  readonly live?: string[];
  readonly features?: string;
  readonly alarmRate: string;
  readonly floor: string;
  readonly minRows: string;
  readonly exact?: true;
  readonly json?: true;
  readonly failOn: "warning" | "critical" | "never";
}

const example = `
Examples:
  $ driftward check --baseline train.parquet --live week.parquet
  $ driftward check --baseline train.csv --live 'logs/*.csv' --fail-on warning --json
  $ driftward check churn

Exit codes: 0 ok, 1 verdict at or above --fail-on, 3 wrong use, 4 could not run, 5 inconclusive.`;

/** `driftward check`: two files without any state, or one model now. */
export function addCheckCommand(program: Command, context: CliContext): void {
  program
    .command("check")
    .description("compare live data with a baseline: two files, or a model's latest window")
    .argument("[model]", "a model that Driftward watches")
    .option("--baseline <file...>", "baseline rows: Parquet, CSV or NDJSON")
    .option("--live <file...>", "live rows: Parquet, CSV or NDJSON")
    .option("--features <names>", "columns to compare, separated by commas (default: all that both have)")
    .option("--alarm-rate <share>", "chance of a false alarm of the whole comparison", "1%")
    .option("--floor <share>", "share of rows that must have moved, at least", "5%")
    .option("--min-rows <n>", "rows that each side needs for a verdict", "30")
    .option("--exact", "exact distances for every feature, also where bounds decide")
    .addOption(new Option("--fail-on <severity>").choices(["warning", "critical", "never"]).default("critical"))
    .option("--json", "print one object of schema driftward/check/v1")
    .addHelpText("after", example)
    .action(async (model: string | undefined, options: Options, command: Command) => {
      const report =
        model === undefined ? await checkFiles(context, options, command) : await checkOne(context, model, command);
      context.out(options.json ? `${JSON.stringify(checkJson(report))}\n` : `${checkTable(report, context.colors)}\n`);
      context.setExitCode(exitCodeFor(report.verdict, options.failOn));
    });
}

async function checkFiles(context: CliContext, options: Options, command: Command): Promise<CheckReport> {
  if (options.baseline === undefined || options.live === undefined)
    throw new DriftwardError("InvalidInput", "expected a model, or --baseline and --live with a file each", {
      hint: "driftward check --baseline train.parquet --live week.parquet",
    });
  const [baseline, live] = [dataFiles(options.baseline), dataFiles(options.live)];
  const folders = [...new Set([...baseline.paths, ...live.paths].map((path) => dirname(path)))];
  const minRows = Number(options.minRows);
  if (!Number.isInteger(minRows) || minRows < 1)
    throw new DriftwardError(
      "InvalidInput",
      `expected --min-rows to be a whole number above 0, got "${options.minRows}"`,
    );
  const engine = await context.openEngine(context.config(command.optsWithGlobals().config), folders);
  try {
    const result = await compareFiles(engine, {
      baseline,
      live,
      alarmRate: parseShare(options.alarmRate),
      floor: parseShare(options.floor),
      minRows,
      tests: { numeric: ["psi", "ks"], categorical: ["psi", "chi_square"] },
      exact: options.exact === true,
      ...(options.features === undefined ? {} : { features: options.features.split(",").map((name) => name.trim()) }),
    });
    if (!options.json)
      for (const { column, reason } of result.skipped)
        context.err(context.colors.dim(`left out ${column}: ${reason}\n`));
    return { ...result, window: { rows: result.liveRows }, baseline: { rows: result.baselineRows }, performance: [] };
  } finally {
    await engine.close();
  }
}

async function checkOne(context: CliContext, model: string, command: Command): Promise<CheckReport> {
  return withServices(context, command, (services) => checkModel(services, model));
}

function exitCodeFor(verdict: Verdict, failOn: Options["failOn"]) {
  if (verdict === "inconclusive") return exitCodes.inconclusive;
  const fails = failOn === "never" ? false : failOn === "warning" ? verdict !== "ok" : verdict === "critical";
  return fails ? exitCodes.verdict : exitCodes.ok;
}
