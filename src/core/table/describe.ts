import { mean, sampleSkewness, sampleStandardDeviation } from "simple-statistics";
import { quantile } from "../statistics/quantile.ts";
import { columnType } from "./column-type.ts";
import { readTable, type TableColumn, type TableInput } from "./table.ts";
import { finiteOf, tallyColumn } from "./tally.ts";

/** One column in a few numbers; those that cannot be given (too few values) are absent. */
export interface ColumnSummary {
  readonly column: string;
  readonly type: TableColumn["type"];
  readonly rows: number;
  readonly missing: number;
  /** Values that are no number in a column of numbers; infinities in it. */
  readonly invalid?: number;
  readonly infinite?: number;
  /** Of the finite values: mean, sample standard deviation, sample skewness. */
  readonly mean?: number;
  readonly standardDeviation?: number;
  readonly skewness?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Quantiles of type 7, as numpy has them. */
  readonly quantiles?: Readonly<Record<"p01" | "p05" | "p25" | "p50" | "p75" | "p95" | "p99", number>>;
  /** Different values of a column of categories, and the most frequent of them. */
  readonly distinct?: number;
  readonly top?: readonly { readonly value: string; readonly count: number }[];
}

const shown = 5;

/**
 * What data holds, a summary per column: for people, before anything is compared. O(n log n) a column.
 *
 * @throws InvalidInput when the data is no table
 */
export function describe(data: TableInput): readonly ColumnSummary[] {
  const { rows, columns } = readTable(data, "the data");
  return [...columns].map(([column, values]) => {
    const type = columnType(values);
    if (type === "timestamp" || type === "other") return { column, type, rows, missing: countNothing(values) };
    const tally = tallyColumn(values, rows, type === "numeric" ? "numeric" : "categorical");
    const base = { column, type, rows, missing: tally.missing };
    if (tally.kind === "numeric") {
      const finite = finiteOf(tally.sorted);
      const odd = { invalid: tally.invalid, infinite: tally.sorted.length - finite.length };
      return { ...base, ...odd, ...summariseNumbers(finite) };
    }
    const ranked = [...tally.frequencies].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    const top = ranked.slice(0, shown).map(([value, count]) => ({ value, count }));
    return { ...base, distinct: ranked.length, top };
  });
}

function countNothing(values: ArrayLike<unknown>): number {
  return Array.from(values).filter((value) => value === undefined || value === null || value === "").length;
}

type NumberSummary = Pick<
  ColumnSummary,
  "mean" | "standardDeviation" | "skewness" | "minimum" | "maximum" | "quantiles"
>;

function summariseNumbers(sorted: Float64Array): NumberSummary {
  const [minimum, maximum] = [sorted[0], sorted[sorted.length - 1]];
  if (minimum === undefined || maximum === undefined) return {};
  const values = Array.from(sorted);
  const at = (share: number) => quantile(sorted, share);
  const quantiles = {
    p01: at(0.01),
    p05: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    p99: at(0.99),
  };
  return {
    mean: mean(values),
    ...(values.length > 1 ? { standardDeviation: sampleStandardDeviation(values) } : {}),
    ...(values.length > 2 && minimum < maximum ? { skewness: sampleSkewness(values) } : {}),
    minimum,
    maximum,
    quantiles,
  };
}
