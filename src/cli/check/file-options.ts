import { type Command, Option } from "commander";
import type { CompareFilesRequest } from "../../actions/compare-files.ts";
import { dataFiles, foldersOf } from "../../actions/data-files.ts";
import { comparisonRules } from "../../core/drift/compare-tables.ts";
import type { WindowLength } from "../../core/drift/windows.ts";
import { DriftwardError } from "../../core/errors.ts";
import { parseShare } from "../../core/units.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { CliContext } from "../context.ts";

/** What is asked of two files that have no policy. */
export interface FileOptions {
  readonly baseline?: string[];
  readonly live?: string[];
  readonly features?: string;
  readonly sensitive?: string;
  readonly alarmRate: string;
  readonly floor: string;
  readonly minRows: string;
  readonly exact?: true;
  readonly explain: boolean;
  readonly by?: WindowLength;
}

export function addFileOptions(command: Command): Command {
  return command
    .option("--baseline <file...>", "baseline rows: Parquet, CSV or NDJSON")
    .option("--live <file...>", "live rows: Parquet, CSV or NDJSON")
    .option("--features <names>", "columns to compare, separated by commas (default: all that both have)")
    .option("--sensitive <names>", "columns whose values are shown nowhere, separated by commas")
    .option("--alarm-rate <share>", "chance of a false alarm of the whole comparison, or of each window", "1%")
    .option("--floor <share>", "share of rows that must have moved, at least", "5%")
    .option("--min-rows <n>", "rows that each side, or window, needs for a verdict", "30")
    .addOption(
      new Option("--by <window>", "window by window of the column `timestamp`").choices(["hour", "day", "week"]),
    )
    .option("--exact", "exact distances for every feature, also where bounds decide")
    .option("--no-explain", "do not look for the rows that carry the drift");
}

export interface FileRequest {
  readonly request: CompareFilesRequest;
  readonly sensitive: readonly string[];
  /** Folders that the counting process may read. */
  readonly folders: readonly string[];
}

/** @throws InvalidInput when a file is not named, or a number is out of range */
export function readFileOptions(options: FileOptions): FileRequest {
  if (options.baseline === undefined || options.live === undefined)
    throw new DriftwardError("InvalidInput", "expected a model, or --baseline and --live with a file each", {
      hint: "driftward check --baseline train.parquet --live week.parquet",
    });
  const [baseline, live] = [dataFiles(options.baseline), dataFiles(options.live)];
  const minRows = Number(options.minRows);
  if (!Number.isInteger(minRows) || minRows < 1)
    throw new DriftwardError(
      "InvalidInput",
      `expected --min-rows to be a whole number above 0, got "${options.minRows}"`,
    );
  const features = options.features === undefined ? {} : { features: listOf(options.features) };
  return {
    request: {
      baseline,
      live,
      alarmRate: parseShare(options.alarmRate),
      floor: parseShare(options.floor),
      minRows,
      tests: comparisonRules.tests,
      exact: options.exact === true,
      ...features,
    },
    sensitive: options.sensitive === undefined ? [] : listOf(options.sensitive),
    folders: foldersOf([baseline, live]),
  };
}

/** Runs something with a counting engine that sees the files' folders. */
export async function withEngine<Result>(
  context: CliContext,
  command: Command,
  folders: readonly string[],
  run: (engine: CountEngine) => Promise<Result>,
): Promise<Result> {
  const engine = await context.openEngine(context.config(command.optsWithGlobals().config), folders);
  try {
    return await run(engine);
  } finally {
    await engine.close();
  }
}

function listOf(names: string): readonly string[] {
  return names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
