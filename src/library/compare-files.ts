import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countAndCompare } from "../actions/compare-files.ts";
import { dataFiles, foldersOf } from "../actions/data-files.ts";
import { explainComparison } from "../actions/explain-comparison.ts";
import { checkRules, comparisonRules, ruleNames } from "../core/drift/compare-tables.ts";
import type { Comparison, ComparisonRules } from "../core/drift/comparison.ts";
import { type OptionNames, requireKnownOptions } from "../core/known-options.ts";

export interface CompareFilesOptions extends Partial<ComparisonRules> {
  /** Columns to compare; all that both files have when absent. */
  readonly features?: readonly string[];
  /** Exact distances for every feature, not only where certified bounds leave the verdict open. */
  readonly exact?: boolean;
  /** What the counting process may use, in DuckDB's notation; 1GB when absent. */
  readonly memoryLimit?: string;
  readonly threads?: number;
}

const optionNames: OptionNames<CompareFilesOptions> = {
  ...ruleNames,
  ...{ features: true, exact: true, memoryLimit: true, threads: true },
};

/**
 * Compares files (Parquet, CSV, NDJSON; patterns such as `logs/*.parquet` too) of any size: `driftward check` as a call.
 * Where features drifted, `explanation` says which rows carry it, if rows do. Rows are counted by DuckDB in a child process, which ends with the call.
 *
 * @throws InvalidData when a file cannot be read or they share no column, InvalidInput when an option is out of range,
 *         EngineFailed when the counting process died or hit its limits
 */
export async function compareFiles(
  baseline: string | readonly string[],
  live: string | readonly string[],
  options: CompareFilesOptions = {},
): Promise<Comparison> {
  requireKnownOptions(options, optionNames, "compareFiles");
  const { features, exact = false, memoryLimit, threads, ...rules } = options;
  const sides = { baseline: dataFiles(listOf(baseline)), live: dataFiles(listOf(live)) };
  const request = { ...checkRules({ ...comparisonRules, ...rules }), ...sides, exact };
  const temporary = await mkdtemp(join(tmpdir(), "driftward-"));
  const { createDuckDbEngine } = await import("../adapters/duckdb/engine.ts");
  const engine = createDuckDbEngine({
    allowedDirectories: foldersOf([sides.baseline, sides.live]),
    tempDirectory: temporary,
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    const asked = features === undefined ? request : { ...request, features };
    const { comparison, counted } = await countAndCompare(engine, asked);
    if (counted === undefined) return comparison;
    const { findings, explanation } = await explainComparison(engine, {
      ...{ ...sides, ...counted, findings: comparison.findings },
    });
    return { ...comparison, findings, ...(explanation === undefined ? {} : { explanation }) };
  } finally {
    await engine.close();
    await rm(temporary, { recursive: true, force: true });
  }
}

function listOf(paths: string | readonly string[]): readonly string[] {
  return typeof paths === "string" ? [paths] : paths;
}
