import { DriftwardError } from "../errors.ts";
import { suggestName } from "../nearest-name.ts";
import { type FeatureKind, isClassScore } from "../prediction/contract.ts";
import type { TableColumn } from "../table/table.ts";
import type { QualityFinding } from "./finding.ts";

/** Columns of the contract that are neither features nor the prediction. */
const roles: ReadonlySet<string> = new Set([
  "prediction_id",
  "timestamp",
  "model_version",
  "entity_id",
  "label",
  "label_timestamp",
]);

export interface PairedColumns {
  readonly features: readonly { readonly name: string; readonly kind: FeatureKind }[];
  /** What is odd about the columns themselves: those that vanished, appeared or are of another type. */
  readonly quality: readonly QualityFinding[];
  /** Columns that are not compared, and why. */
  readonly skipped: readonly { readonly column: string; readonly reason: string }[];
}

/**
 * Which columns of two tables are compared, as what: those of the baseline that the live side has too.
 *
 * @param wanted    names to look at; all when absent
 * @param declared  names of columns whose kind somebody declared: their types are not held against each other
 * @throws InvalidData when a wanted column is not in the baseline, or nothing is left to compare
 */
export function pairColumns(
  before: readonly TableColumn[],
  now: readonly TableColumn[],
  wanted: readonly string[] | undefined,
  declared: ReadonlySet<string> = new Set(),
): PairedColumns {
  const [known, live] = [namesOf(before), namesOf(now)];
  const features: { name: string; kind: FeatureKind }[] = [];
  const quality: QualityFinding[] = [];
  const skipped: { column: string; reason: string }[] = [];
  requireKnown(wanted, before, known);
  for (const { name, type } of before) {
    if (roles.has(name) || wanted?.includes(name) === false) continue;
    const kind = kindOf(type);
    if (wanted === undefined && isClassScore(name))
      skipped.push({ column: name, reason: "scores of classes are not compared unless they are named" });
    else if (!live.has(name)) quality.push(vanished(name));
    else if (kind === undefined) skipped.push({ column: name, reason: `columns of type ${type} are not compared` });
    else features.push({ name, kind });
  }
  quality.push(...retyped(features, now, declared), ...withCommas(features, before, now));
  for (const { name } of now)
    if (wanted === undefined && !known.has(name) && !roles.has(name) && !isClassScore(name))
      quality.push(appeared(name));
  if (features.length === 0)
    throw new DriftwardError("InvalidData", "expected columns that both sides have, found none to compare", {
      hint: `baseline: ${listNames(before)}; live: ${listNames(now)}${explainSkipped(skipped.filter(({ column }) => known.has(column)))}`,
    });
  return { features, quality, skipped };
}

function explainSkipped(skipped: PairedColumns["skipped"]): string {
  const [first] = skipped;
  return first === undefined ? "" : `; left out ${first.column}: ${first.reason}`;
}

function namesOf(columns: readonly TableColumn[]): ReadonlySet<string> {
  return new Set(columns.map((column) => column.name));
}

function vanished(name: string): QualityFinding {
  const message = `${name} is not in the live data`;
  return { feature: name, segment: "", kind: "vanished", severity: "critical", message };
}

function appeared(name: string): QualityFinding {
  const message = `${name} is not in the baseline: there is nothing to compare it with`;
  return { feature: name, segment: "", kind: "appeared", severity: "notice", message };
}

/** Columns that hold something else now, though it may read alike: a program downstream takes it for what it is. */
function retyped(
  features: PairedColumns["features"],
  now: readonly TableColumn[],
  declared: ReadonlySet<string>,
): readonly QualityFinding[] {
  const types = new Map(now.map(({ name, type }) => [name, type]));
  return features.flatMap(({ name, kind }) => {
    const type = types.get(name);
    if (type === undefined || declared.has(name) || kindOf(type) === kind) return [];
    const [was, is] = [kind === "numeric" ? "numbers" : "text or booleans", typeWords[type]];
    const message = `${name} holds ${is} in the live data, ${was} in the baseline: what reads alike is compared as ${kind === "numeric" ? "numbers" : "categories"}`;
    return [{ feature: name, segment: "", kind: "changed type" as const, severity: "notice" as const, message }];
  });
}

const typeWords: Readonly<Record<TableColumn["type"], string>> = {
  numeric: "numbers",
  boolean: "booleans",
  text: "text",
  timestamp: "times",
  other: "values of a type of their own",
};

/** Numbers that are read as text for their commas: said, for as text they are compared by their spelling. */
function withCommas(
  features: PairedColumns["features"],
  before: readonly TableColumn[],
  now: readonly TableColumn[],
): readonly QualityFinding[] {
  const [then, live] = [before, now].map(
    (side) => new Set(side.filter(({ commas }) => commas).map(({ name }) => name)),
  );
  return features.flatMap(({ name }) => {
    const sides = [
      ...(then?.has(name) === true ? ["the baseline"] : []),
      ...(live?.has(name) === true ? ["the live data"] : []),
    ];
    if (sides.length === 0) return [];
    const message = `${name} has numbers with commas in ${sides.join(" and ")}, which are read as text: write decimals with a point, and thousands without a sign`;
    return [{ feature: name, segment: "", kind: "invalid" as const, severity: "notice" as const, message }];
  });
}

function requireKnown(
  wanted: readonly string[] | undefined,
  columns: readonly TableColumn[],
  known: ReadonlySet<string>,
): void {
  if (wanted !== undefined && !Array.isArray(wanted))
    throw new DriftwardError("InvalidInput", `expected a list of columns to compare, got ${typeof wanted}`);
  const missing = wanted?.filter((name) => !known.has(name)) ?? [];
  const [first] = missing;
  if (first === undefined) return;
  const hint = suggestName(first, [...known]);
  throw new DriftwardError(
    "InvalidData",
    `expected ${missing.join(", ")} in the baseline, found ${listNames(columns)}`,
    hint === undefined ? {} : { hint },
  );
}

function listNames(columns: readonly TableColumn[]): string {
  const shown = columns.slice(0, 12).map((column) => column.name);
  const rest = columns.length > shown.length ? ` and ${columns.length - shown.length} more` : "";
  return shown.join(", ") + rest || "no columns";
}

function kindOf(type: TableColumn["type"]): FeatureKind | undefined {
  if (type === "numeric") return "numeric";
  return type === "text" || type === "boolean" ? "categorical" : undefined;
}
