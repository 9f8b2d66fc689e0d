import { DriftwardError } from "../../core/errors.ts";
import type { RowFilter } from "../../ports/count-engine.ts";
import { quoteName, quoteText } from "./quote.ts";
import type { Source, SourceColumn } from "./source.ts";

export type ColumnKind = "numeric" | "boolean" | "text" | "timestamp" | "other";

/** What a type of DuckDB is to Driftward. */
export function columnKind(type: string): ColumnKind {
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return "numeric";
  if (type === "BOOLEAN") return "boolean";
  if (/^(TIMESTAMP.*|DATE)$/.test(type)) return "timestamp";
  return /^(VARCHAR|UUID|ENUM\(.*\))$/.test(type) ? "text" : "other";
}

/** How a column is read as numbers: null is missing; `invalid` tells text that is no number from none. */
export interface NumberExpression {
  readonly value: string;
  /** Absent where the type itself keeps out what is no number. */
  readonly invalid?: string;
}

/**
 * A column as DOUBLE. Booleans, and text that says true or false in any case, are 1 and 0; empty text is missing.
 * Integers beyond 2^53 and long decimals become the nearest double, as their text would.
 */
export function numberExpression(column: SourceColumn): NumberExpression {
  const name = quoteName(column.name);
  const kind = columnKind(column.type);
  if (kind === "boolean") return { value: `${name}::INTEGER::DOUBLE` };
  if (kind === "numeric" && !isRoundedTwice(column.type)) return { value: `${name}::DOUBLE` };
  const text = `${name}::VARCHAR`;
  const value = `coalesce(try_cast(${text} AS DOUBLE), CASE lower(trim(${text})) WHEN 'true' THEN 1.0::DOUBLE WHEN 'false' THEN 0.0::DOUBLE END)`;
  return kind === "numeric"
    ? { value }
    : { value, invalid: `(${value} IS NULL AND coalesce(trim(${text}) <> '', false))` };
}

/**
 * Beyond 15 digits, dividing the stored integer of a decimal by a power of ten would round twice; so does DuckDB's cast of
 * integers of 128 bits, which adds two halves.
 */
function isRoundedTwice(type: string): boolean {
  if (/^U?HUGEINT$/.test(type)) return true;
  const width = /^DECIMAL\((\d+),/.exec(type)?.[1];
  return width !== undefined && Number(width) > 15;
}

/** A column as text for categories: null and NaN are missing. What is left to do is `canonicalCategory`. */
export function textExpression(column: SourceColumn): string {
  const name = quoteName(column.name);
  if (column.type === "FLOAT" || column.type === "DOUBLE")
    return `CASE WHEN isnan(${name}) THEN NULL ELSE ${name}::VARCHAR END`;
  return `${name}::VARCHAR`;
}

/** A column as the category that it is compared by: `canonicalCategory` in SQL. */
export function categoryExpression(column: SourceColumn): string {
  const text = `(${textExpression(column)})`;
  return (
    `CASE WHEN lower(${text}) IN ('true', 'false') THEN lower(${text}) ` +
    `WHEN regexp_full_match(${text}, '-0[.]0+') THEN '0' ` +
    `WHEN regexp_full_match(${text}, '-?[0-9]{1,15}[.]0+') THEN regexp_replace(${text}, '[.]0+$', '') ` +
    `WHEN ${text} <> '' THEN ${text} END`
  );
}

/**
 * A column as microseconds since 1970 (UTC), BIGINT; null where it is no time. Text is ISO 8601 (UTC where it names no
 * zone) or a number; numbers are seconds, milliseconds, microseconds or nanoseconds by their size (years 1973 to 5138).
 */
export function microsecondsExpression(column: SourceColumn): string {
  const name = quoteName(column.name);
  const kind = columnKind(column.type);
  const epoch = (value: string): string =>
    `(CASE WHEN abs(${value}) < 1e11 THEN ${value} * 1e6 WHEN abs(${value}) < 1e14 THEN ${value} * 1e3 ` +
    `WHEN abs(${value}) < 1e17 THEN ${value} WHEN abs(${value}) < 1e20 THEN ${value} / 1e3 END)::BIGINT`;
  const time = (value: string): string => `CASE WHEN isfinite(${value}) THEN epoch_us(${value}) END`;
  if (kind === "timestamp") {
    const zoned = column.type === "TIMESTAMP WITH TIME ZONE";
    return time(zoned ? name : `${name}::TIMESTAMP`);
  }
  if (kind === "numeric") return epoch(`${name}::DOUBLE`);
  const text = `${name}::VARCHAR`;
  return `coalesce(${time(`try_cast(${text} AS TIMESTAMP WITH TIME ZONE)`)}, ${epoch(`try_cast(${text} AS DOUBLE)`)})`;
}

/**
 * A column that must be there.
 *
 * @throws InvalidData naming it and what there is
 */
export function requireColumn(source: Source, name: string, why: string): SourceColumn {
  const column = source.columns.get(name);
  if (column !== undefined) return column;
  const names = [...source.columns.keys()];
  const known = names.slice(0, 12).join(", ") + (names.length > 12 ? ", …" : "");
  throw new DriftwardError("InvalidData", `expected a column "${name}" ${why}, got ${known}`, {
    hint: "name it so in the file, or map it in the policy's data section",
  });
}

/** A value that names a batch, as text; null and empty text name none. Numbers that are whole have no decimals. */
export function batchExpression(column: SourceColumn): string {
  if (columnKind(column.type) !== "numeric") return `nullif(${textExpression(column)}, '')`;
  const name = `${quoteName(column.name)}::DOUBLE`;
  return `CASE WHEN isfinite(${name}) THEN CASE WHEN ${name} = floor(${name}) AND abs(${name}) < 9e15
    THEN ${name}::BIGINT::VARCHAR ELSE ${name}::VARCHAR END END`;
}

/**
 * The filter as SQL condition, `true` when it filters nothing.
 *
 * @throws InvalidData when a column that it needs is absent
 */
export function filterCondition(source: Source, filter: RowFilter | undefined): string {
  const parts: string[] = [];
  if (filter?.from !== undefined || filter?.to !== undefined) {
    const time = microsecondsExpression(requireColumn(source, "timestamp", "to choose rows by time"));
    if (filter.from !== undefined) parts.push(`${time} >= ${filter.from.getTime() * 1_000}`);
    if (filter.to !== undefined) parts.push(`${time} < ${filter.to.getTime() * 1_000}`);
  }
  if (filter?.except !== undefined && filter.except.length > 0) {
    const time = microsecondsExpression(requireColumn(source, "timestamp", "to leave out rows by time"));
    const spans = filter.except.map(
      ({ start, end }) => `(${time} >= ${start.getTime() * 1_000} AND ${time} < ${end.getTime() * 1_000})`,
    );
    parts.push(`NOT coalesce(${spans.join(" OR ")}, false)`);
  }
  if (filter?.batch !== undefined) {
    const column = requireColumn(source, filter.batch.column, "to choose rows by batch");
    parts.push(`${batchExpression(column)} = ${quoteText(filter.batch.value)}`);
  }
  if (filter?.modelVersion !== undefined) {
    const version = requireColumn(source, "model_version", "to choose rows by version");
    parts.push(`${textExpression(version)} = ${quoteText(filter.modelVersion)}`);
  }
  if (filter?.segment !== undefined) {
    // Without the column no row is of any segment.
    const column = source.columns.get(filter.segment.column);
    parts.push(column === undefined ? "false" : `${categoryExpression(column)} = ${quoteText(filter.segment.value)}`);
  }
  return parts.length === 0 ? "true" : parts.join(" AND ");
}

/** Names of the columns that a filter needs. */
export function filterColumns(filter: RowFilter | undefined): readonly string[] {
  return [
    ...(filter?.from !== undefined || filter?.to !== undefined || (filter?.except ?? []).length > 0
      ? ["timestamp"]
      : []),
    ...(filter?.batch !== undefined ? [filter.batch.column] : []),
    ...(filter?.modelVersion !== undefined ? ["model_version"] : []),
    ...(filter?.segment !== undefined ? [filter.segment.column] : []),
  ];
}
