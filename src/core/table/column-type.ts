import { DriftwardError } from "../errors.ts";
import type { FeatureKind } from "../prediction/contract.ts";
import type { Table, TableColumn } from "./table.ts";

/** So large a share of a column's values must be of one type; the others are counted as invalid. */
const enough = 0.9;

const isoTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|$)/;
const numericText = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/**
 * What a column holds, by looking at every value. Text stays text, also where it reads as a number: programs have types.
 * A column of numbers with a few other values among them (at most one in ten) is numeric, as it is in files.
 */
export function columnType(values: ArrayLike<unknown>): TableColumn["type"] {
  if (ArrayBuffer.isView(values)) return "numeric";
  const seen = { filled: 0, numbers: 0, numericTexts: 0, booleans: 0, times: 0, others: 0, missing: 0 };
  for (let row = 0; row < values.length; row += 1) look(values[row], seen);
  const { filled, numbers, numericTexts, booleans, times, others } = seen;
  if (filled === 0) return seen.missing > 0 ? "numeric" : "text";
  if (booleans === filled) return "boolean";
  if (numbers > 0 && numbers + numericTexts >= enough * filled) return "numeric";
  if (times >= enough * filled) return "timestamp";
  return others > 0 ? "other" : "text";
}

/** `missing` counts NaN alone: it tells that the column means numbers. */
type Seen = Record<"filled" | "numbers" | "numericTexts" | "booleans" | "times" | "others" | "missing", number>;

function look(value: unknown, seen: Seen): void {
  if (value === undefined || value === null) return;
  if (typeof value === "number" && Number.isNaN(value)) {
    seen.missing += 1;
    return;
  }
  if (typeof value === "string" && value.trim() === "") return;
  seen.filled += 1;
  if (typeof value === "number" || typeof value === "bigint") seen.numbers += 1;
  else if (typeof value === "boolean") seen.booleans += 1;
  else if (value instanceof Date) seen.times += 1;
  else if (typeof value !== "string") seen.others += 1;
  else if (numericText.test(value)) seen.numericTexts += 1;
  else if (isoTime.test(value)) seen.times += 1;
}

/** Every column with its type; kinds that a person declared win. */
export function describeColumns(
  table: Table,
  kinds: Readonly<Record<string, FeatureKind>> = {},
): readonly TableColumn[] {
  for (const [name, kind] of Object.entries<string>(kinds)) {
    if (kind !== "numeric" && kind !== "categorical")
      throw new DriftwardError("InvalidInput", `expected numeric or categorical as the kind of ${name}, got ${kind}`);
    if (!table.columns.has(name))
      throw new DriftwardError("InvalidInput", `expected a column ${name}, whose kind was declared, found none`, {
        hint: `columns: ${[...table.columns.keys()].slice(0, 12).join(", ")}`,
      });
  }
  return [...table.columns].map(([name, values]) => {
    const declared = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (declared !== undefined) return { name, type: declared === "numeric" ? "numeric" : "text" };
    return { name, type: columnType(values) };
  });
}
