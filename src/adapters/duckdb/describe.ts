import { numberWithComma } from "../../core/prediction/read-number.ts";
import type { Column, CountEngine, DataFiles } from "../../ports/count-engine.ts";
import { columnKind } from "./expressions.ts";
import { quoteName } from "./quote.ts";
import { queryNumber, queryRows, type Session } from "./session.ts";
import { openSource, type Source, type SourceColumn } from "./source.ts";

/** Text counts as numeric or as timestamps when so large a share of what is there reads so: a few typos do not turn a
 * number into a category; they are counted as invalid. */
const ENOUGH = 0.9;

/** Columns with their types, and the number of rows. Types of CSV, and of mixed JSON, come from looking at all values. */
export async function describeFiles(
  session: Session,
  files: DataFiles,
): Promise<Awaited<ReturnType<CountEngine["describe"]>>> {
  const source = await openSource(session, files);
  const untyped = [...source.columns.values()].filter(
    ({ type }) => source.format === "csv" || (source.format === "ndjson" && type === "JSON"),
  );
  const probed = await probeText(session, source, untyped);
  const columns = [...source.columns.values()].map(({ name, type }) => ({
    name,
    type: probed.get(name) ?? columnKind(type),
  }));
  const commas = await findCommas(
    session,
    source,
    columns.filter(({ type }) => type === "text").map(({ name }) => name),
  );
  const described = columns.map((column) => (commas.has(column.name) ? { ...column, commas: true as const } : column));
  return { columns: described, rows: await queryNumber(session, `SELECT count(*) FROM ${source.from}`) };
}

/** Columns of one statement: what planning it takes, in time and memory, grows with their square. */
const AT_ONCE = 50;

async function probeText(
  session: Session,
  source: Source,
  columns: readonly SourceColumn[],
): Promise<ReadonlyMap<string, Column["type"]>> {
  const types = new Map<string, Column["type"]>();
  for (let at = 0; at < columns.length; at += AT_ONCE)
    for (const [name, type] of await probeSome(session, source, columns.slice(at, at + AT_ONCE))) types.set(name, type);
  return types;
}

async function probeSome(
  session: Session,
  source: Source,
  columns: readonly SourceColumn[],
): Promise<readonly (readonly [string, Column["type"]])[]> {
  const probes = columns.flatMap(({ name }) => {
    const text = `trim(${quoteName(name)}::VARCHAR, ' "')`;
    return [
      `count(*) FILTER (${text} <> '')`,
      `count(*) FILTER (lower(${text}) IN ('true', 'false'))`,
      `count(try_cast(${text} AS DOUBLE))`,
      `count(try_cast(${text} AS TIMESTAMP WITH TIME ZONE))`,
    ];
  });
  const [row = []] = await queryRows(session, `SELECT ${probes.join(", ")} FROM ${source.from}`);
  return columns.map(({ name }, i) => [name, textType(row.slice(4 * i, 4 * i + 4).map(Number))] as const);
}

/** Rows that are looked at for commas: enough for a hint. */
const LOOKED = 1_000;

/** Text columns that would be numbers if their commas were points, or none. */
async function findCommas(session: Session, source: Source, names: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE).map((name) => ({ name, quoted: quoteName(name) }));
    const probes = some.flatMap(({ quoted }) => {
      const text = `trim(${quoted}::VARCHAR, ' "')`;
      return [
        `count(*) FILTER (${text} <> '')`,
        `count(*) FILTER (regexp_full_match(${text}, '${numberWithComma}'))`,
        `count(try_cast(${text} AS DOUBLE))`,
      ];
    });
    const sample = `SELECT ${some.map(({ quoted }) => quoted).join(", ")} FROM ${source.from} LIMIT ${LOOKED}`;
    const [row = []] = await queryRows(session, `SELECT ${probes.join(", ")} FROM (${sample})`);
    for (const [i, { name }] of some.entries()) {
      const [filled = 0, commas = 0, numbers = 0] = row.slice(3 * i, 3 * i + 3).map(Number);
      if (commas > 0 && commas + numbers >= ENOUGH * filled) found.add(name);
    }
  }
  return found;
}

function textType([filled = 0, booleans = 0, numbers = 0, times = 0]: readonly number[]): Column["type"] {
  if (filled === 0) return "text";
  if (booleans === filled) return "boolean";
  if (numbers >= ENOUGH * filled) return "numeric";
  return times >= ENOUGH * filled ? "timestamp" : "text";
}
