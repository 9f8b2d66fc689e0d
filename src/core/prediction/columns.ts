import { DriftwardError } from "../errors.ts";
import { checkColumnNames } from "./column-names.ts";
import {
  addedColumns,
  type ColumnMapping,
  checkMapping,
  isClassScore,
  isContractName,
  type RowKind,
  requiredColumns,
} from "./contract.ts";

/** A column of the contract and the column of the file that holds it. */
interface NamedColumn {
  readonly name: string;
  readonly column: string;
}

/** Which column of a file is what. Scores are `score` and `score_<class>`; features keep their own names. */
export interface Columns {
  readonly system: ReadonlyMap<string, string>;
  readonly scores: readonly NamedColumn[];
  readonly features: readonly string[];
}

/**
 * Finds the contract's columns in a header; what is left over are features. Columns that another kind of file has
 * (`label` beside predictions, features beside labels) are passed over, so that one file can serve both.
 *
 * @throws InvalidData when a required or mapped column is missing, or names cannot be used
 * @throws InvalidInput when the mapping is not one
 */
export function resolveColumns(
  columns: readonly string[],
  mapping: ColumnMapping,
  kind: RowKind,
  file: string,
): Columns {
  checkMapping(mapping);
  checkColumnNames(columns, file);
  const own = new Map(Object.entries(mapping));
  const present = new Set(columns);
  const taken = new Set(own.values());
  const system = new Map<string, string>();
  const scores: NamedColumn[] = [];
  for (const [name, column] of own) {
    if (!present.has(column)) {
      if (isNeeded(name, kind)) throw missing(file, columns, column, `, to which ${name} is mapped`);
      continue;
    }
    if (name === "score" || isClassScore(name)) scores.push({ name, column });
    else system.set(name, column);
  }
  const features: string[] = [];
  for (const name of columns) {
    if (taken.has(name)) continue;
    if (own.has(name)) throw shadowed(file, name, own.get(name) ?? "");
    if (name === "score" || isClassScore(name)) scores.push({ name, column: name });
    else if (isContractName(name)) system.set(name, name);
    else features.push(name);
  }
  for (const name of requiredColumns[kind])
    if (!system.has(name)) throw missing(file, columns, name, "", spelledOtherwise(features, name));
  if (kind === "labels") return { system, scores: [], features: [] };
  for (const name of features) refuseReserved(file, name);
  return { system, scores, features };
}

/** Whether a mapped column must be there: one mapping serves files of predictions, of labels and of a baseline. */
function isNeeded(name: string, kind: RowKind): boolean {
  const ofLabels = name === "label" || name === "label_timestamp";
  if (kind === "predictions") return !ofLabels;
  if (kind === "labels") return ofLabels || name === "prediction_id";
  return name === "label" || name === "prediction" || name === "score" || isClassScore(name);
}

function spelledOtherwise(features: readonly string[], name: string): string | undefined {
  return features.find((feature) => feature.trim().toLowerCase() === name);
}

function missing(file: string, columns: readonly string[], name: string, why: string, like?: string): DriftwardError {
  const got = columns.slice(0, 12).map((column) => `"${column}"`);
  const rest = columns.length > 12 ? ` and ${columns.length - 12} more` : "";
  const hint =
    like === undefined
      ? "a file's first line names its columns; where names differ, map them (contract name = column)"
      : `map it: ${name} = ${like}`;
  return new DriftwardError(
    "InvalidData",
    `${file}: expected a column "${name}"${why}, got ${got.join(", ") || "none"}${rest}`,
    { hint, place: { file } },
  );
}

function shadowed(file: string, name: string, column: string): DriftwardError {
  return new DriftwardError(
    "InvalidData",
    `${file}: ${name} is mapped to "${column}", and there is a column "${name}" as well`,
    { hint: `rename the column "${name}", or leave it out, or drop the mapping`, place: { file } },
  );
}

function refuseReserved(file: string, name: string): void {
  const plain = name.toLowerCase();
  const reserved = addedColumns.includes(plain) || plain === "score" || isClassScore(plain) || isContractName(plain);
  if (reserved)
    throw new DriftwardError("InvalidData", `${file}: a feature cannot be called "${name}"`, {
      hint: `rename the column, or map it: ${plain} = ${name}`,
      place: { file },
    });
}
