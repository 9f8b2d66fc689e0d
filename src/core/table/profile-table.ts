import { DriftwardError } from "../errors.ts";
import { type OptionNames, requireKnownOptions } from "../known-options.ts";
import type { FeatureKind } from "../prediction/contract.ts";
import type { FeatureBins, FeatureCounts, Profile } from "../profile/bins.ts";
import { describeColumns } from "./column-type.ts";
import { countTally } from "./count-tally.ts";
import { readTable, type TableInput } from "./table.ts";
import { fitBins, tallyColumn } from "./tally.ts";

export interface ProfileOptions {
  /** Columns to profile; all that hold numbers, text or booleans when absent. */
  readonly features?: readonly string[];
  /** Kinds of columns whose values leave a doubt: numbers that are codes, text that is numbers. */
  readonly kinds?: Readonly<Record<string, FeatureKind>>;
  /** Edges of numeric features and categories of the others, at most; 1024 when absent. */
  readonly edges?: number;
}

const optionNames: OptionNames<ProfileOptions> = { features: true, kinds: true, edges: true };

const defaultEdges = 1_024;

/**
 * The baseline that data makes: bins of every column, and what its rows count in them. O(n log n) a column.
 *
 * @throws InvalidInput when the data is no table or an option does not exist, InvalidData when a wanted column is not there
 */
export function profile(data: TableInput, options: ProfileOptions = {}): Profile {
  requireKnownOptions(options, optionNames, "profile");
  const table = readTable(data, "the data");
  const [bins, features]: [FeatureBins[], FeatureCounts[]] = [[], []];
  for (const { name, type } of describeColumns(table, options.kinds)) {
    if (options.features?.includes(name) === false) continue;
    if (type === "timestamp" || type === "other") continue;
    const tally = tallyColumn(table.columns.get(name), table.rows, type === "numeric" ? "numeric" : "categorical");
    const fitted = fitBins(name, tally, options.edges ?? defaultEdges);
    bins.push(fitted);
    features.push(countTally(fitted, tally));
  }
  const missing = options.features?.filter((name) => !bins.some((fitted) => fitted.name === name)) ?? [];
  if (missing.length > 0)
    throw new DriftwardError("InvalidData", `expected columns to profile, found no values of ${missing.join(", ")}`, {
      hint: `columns: ${[...table.columns.keys()].slice(0, 12).join(", ") || "none"}`,
    });
  return { bins, counts: { rows: table.rows, features } };
}
