import { type Command, Option } from "commander";
import { checkModel } from "../../actions/check-model.ts";
import { DriftwardError } from "../../core/errors.ts";
import type { Verdict } from "../../core/verdict.ts";
import { checkHtml } from "../../render/check-html.ts";
import { checkJunit, windowsJunit } from "../../render/check-junit.ts";
import { checkMarkdown } from "../../render/check-markdown.ts";
import { type CheckReport, checkJson } from "../../render/check-report.ts";
import { checkTable } from "../../render/check-table.ts";
import { windowsHtml } from "../../render/windows-html.ts";
import { windowsMarkdown } from "../../render/windows-markdown.ts";
import { type WindowsReport, windowsJson, windowsVerdict } from "../../render/windows-report.ts";
import { windowsTable } from "../../render/windows-table.ts";
import { checkFiles, type FilesCheck } from "../check/check-files.ts";
import { checkWindows } from "../check/check-windows.ts";
import { addFileOptions, type FileOptions, readFileOptions, withEngine } from "../check/file-options.ts";
import { addFormatOptions, type Faces, type FormatOptions, formatOf, show } from "../check/format.ts";
import { type CliContext, exitCodes } from "../context.ts";
import { withServices } from "../with-services.ts";

interface Options extends FileOptions, FormatOptions {
  readonly failOn: "warning" | "critical" | "never";
}

const example = `
Examples:
  $ driftward check --baseline train.parquet --live week.parquet
  $ driftward check --baseline train.csv --live 'logs/*.csv' --fail-on warning --json
  $ driftward check --baseline train.csv --live month.csv --by day
  $ driftward check --baseline train.csv --live week.csv --html --out drift.html
  $ driftward check churn

Exit codes: 0 ok, 1 verdict at or above --fail-on, 3 wrong use, 4 could not run, 5 inconclusive.`;

/** `driftward check`: two files without any state, as a whole or window by window, or one model now. */
export function addCheckCommand(program: Command, context: CliContext): void {
  const command = program
    .command("check")
    .description("compare live data with a baseline: two files, or a model's latest window")
    .argument("[model]", "a model that Driftward watches");
  addFormatOptions(addFileOptions(command))
    .addOption(new Option("--fail-on <severity>").choices(["warning", "critical", "never"]).default("critical"))
    .addHelpText("after", example)
    .action(async (model: string | undefined, options: Options) => {
      formatOf(options);
      const { verdict, faces } = await run(context, model, options, command);
      await show(context, options, faces);
      context.setExitCode(exitCodeFor(verdict, options.failOn));
    });
}

interface Result {
  readonly verdict: Verdict;
  readonly faces: Faces;
}

async function run(
  context: CliContext,
  model: string | undefined,
  options: Options,
  command: Command,
): Promise<Result> {
  const { by } = options;
  if (model !== undefined && by !== undefined)
    throw new DriftwardError("InvalidInput", "expected --by with --baseline and --live, got it with a model", {
      hint: `driftward status ${model} shows its checks over time`,
    });
  if (model !== undefined)
    return facesOf(
      context,
      await withServices(context, command, { act: "check", on: { model } }, (services) => checkModel(services, model)),
    );
  const asked = readFileOptions(options);
  const open = <Answer>(answer: Parameters<typeof withEngine<Answer>>[3]): Promise<Answer> =>
    withEngine(context, command, asked.folders, answer);
  if (by === undefined) {
    const { report, skipped } = await open((engine) => checkFiles(engine, asked, options.explain));
    tellSkipped(context, options, skipped);
    return facesOf(context, report);
  }
  const { report, skipped } = await open((engine) => checkWindows(engine, asked, by));
  tellSkipped(context, options, skipped);
  return windowFacesOf(context, report);
}

function facesOf(context: CliContext, report: CheckReport): Result {
  const faces: Faces = {
    table: () => checkTable(report, context.colors, context.columns),
    json: () => JSON.stringify(checkJson(report)),
    junit: () => checkJunit(report),
    markdown: () => checkMarkdown(report),
    html: () => checkHtml(report),
  };
  return { verdict: report.verdict, faces };
}

function windowFacesOf(context: CliContext, report: WindowsReport): Result {
  const faces: Faces = {
    table: () => windowsTable(report, context.colors),
    json: () => JSON.stringify(windowsJson(report)),
    junit: () => windowsJunit(report),
    markdown: () => windowsMarkdown(report),
    html: () => windowsHtml(report),
  };
  return { verdict: windowsVerdict(report), faces };
}

function tellSkipped(context: CliContext, options: Options, skipped: FilesCheck["skipped"]): void {
  if (formatOf(options) !== "table" && options.out === undefined) return;
  for (const { column, reason } of skipped) context.err(context.colors.dim(`left out ${column}: ${reason}\n`));
}

function exitCodeFor(verdict: Verdict, failOn: Options["failOn"]) {
  if (verdict === "inconclusive") return exitCodes.inconclusive;
  const fails = failOn === "never" ? false : failOn === "warning" ? verdict !== "ok" : verdict === "critical";
  return fails ? exitCodes.verdict : exitCodes.ok;
}
