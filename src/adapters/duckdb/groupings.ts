import { DriftwardError } from "../../core/errors.ts";
import { segmentName } from "../../core/policy/segments.ts";
import { canonicalCategory } from "../../core/prediction/canonical-category.ts";
import { millisecondsPer } from "../../core/units.ts";
import type { RowFilter, SegmentColumn } from "../../ports/count-engine.ts";
import {
  categoryExpression,
  filterCondition,
  microsecondsExpression,
  requireColumn,
  textExpression,
} from "./expressions.ts";
import { ownName, quoteText } from "./quote.ts";
import { asText, queryNumber, queryRows, type Session } from "./session.ts";
import type { Source } from "./source.ts";

/** A set of rows that counts are kept for. */
export interface Group {
  /** Hours since 1970, or the number of the part; undefined when grouped by neither. */
  readonly hour: number | undefined;
  /** `column=value`, or '' where the grouping has no column. */
  readonly segment: string;
  readonly rows: number;
}

/** One way to divide all rows: by hour, by hour and a column's values, or not at all. */
export interface Grouping {
  readonly groups: readonly Group[];
  /** SQL of the number that a row's hour and value have in the temporary table. */
  readonly code: string;
  /** The group of each such number: values that are the same category share one. */
  readonly groupOfCode: Int32Array;
}

/** The rows of a request, divided as it asks. `from` is what stands behind FROM: filtered, with the groups' numbers. */
export interface GroupedRows {
  readonly from: string;
  readonly groupings: readonly Grouping[];
  drop(): Promise<void>;
}

/* Columns of the temporary tables stand beside those of the files in a join, so no file may have their names. */
const ownHour = ownName("group hour");
const ownValue = ownName("group value");
const ownCount = ownName("group rows");
const ownCode = ownName("group code");
const ownPlace = ownName("place");

/** A column with more values than this is no segment but an id. */
const MAX_SEGMENTS = 1_000;

/**
 * Divides rows by hour, or into parts, and by each segment column.
 *
 * @throws InvalidData when rows have no time and hours are asked for, or a segment column has too many values
 */
export async function groupRows(
  session: Session,
  source: Source,
  request: {
    readonly filter?: RowFilter | undefined;
    readonly byHour?: boolean | undefined;
    readonly segments?: readonly (string | SegmentColumn)[] | undefined;
    /** Instead of by hour: into so many parts, by the place of the rows. */
    readonly parts?: number | undefined;
  },
): Promise<GroupedRows> {
  const { parts } = request;
  await refuseRowsWithoutTime(session, source, request.filter, request.byHour === true);
  const chosen = `FROM ${source.from} WHERE ${filterCondition(source, request.filter)}`;
  const filtered = parts === undefined ? chosen : `FROM (SELECT *, row_number() OVER () AS ${ownPlace} ${chosen})`;
  const segments = request.segments ?? [];
  const byHour = request.byHour === true || parts !== undefined;
  if (!byHour && segments.length === 0) return wholeRows(session, filtered);
  const rows = parts === undefined ? 0 : await queryNumber(session, `SELECT count(*) ${chosen}`);
  const hour = parts !== undefined ? partExpression(parts, rows) : byHour ? hourExpression(source) : "0::BIGINT";
  const columns = segments.length === 0 ? [undefined] : segments;
  const values = columns.map((asked) => segmentExpression(source, asked));
  const groupings: Grouping[] = [];
  for (const [i, asked] of columns.entries())
    groupings.push(await createGrouping(session, { i, filtered, hour, value: String(values[i]), asked, byHour }));
  const keys = values.map((value, i) => `${value} AS ${ownName(`value${i}`)}`).join(", ");
  const joins = columns.map(
    (_, i) =>
      `LEFT JOIN groups${i} ON ${ownName("hour")} = groups${i}.${ownHour} AND ${ownName(`value${i}`)} IS NOT DISTINCT FROM groups${i}.${ownValue}`,
  );
  return {
    from: `(SELECT *, ${hour} AS ${ownName("hour")}, ${keys} ${filtered}) ${joins.join(" ")}`,
    groupings,
    async drop() {
      for (const [i] of columns.entries()) await session.connection.run(`DROP TABLE IF EXISTS groups${i}`);
    },
  };
}

async function wholeRows(session: Session, filtered: string): Promise<GroupedRows> {
  const counted = await queryRows(session, `SELECT count(*) ${filtered}`);
  const groups = [{ hour: undefined, segment: "", rows: Number(counted[0]?.[0] ?? 0) }];
  return {
    from: `(SELECT * ${filtered})`,
    groupings: [{ groups, code: "0::INTEGER", groupOfCode: new Int32Array(1) }],
    drop: async () => {},
  };
}

function hourExpression(source: Source): string {
  const time = microsecondsExpression(requireColumn(source, "timestamp", "to count by hour"));
  // Rounds down for times before 1970 too.
  return `floor((${time}) / ${millisecondsPer.h * 1_000}.0)::BIGINT`;
}

function partExpression(parts: number, rows: number): string {
  return `((${ownPlace} - 1) * ${Math.max(1, Math.floor(parts))} // ${Math.max(1, rows)})::BIGINT`;
}

/** A segment column that the files lack has no value in any row. */
export function segmentExpression(source: Source, asked: string | SegmentColumn | undefined): string {
  const column = asked === undefined ? undefined : source.columns.get(nameOf(asked));
  if (column === undefined) return "NULL::VARCHAR";
  if (typeof asked !== "object") return `(${textExpression(column)})`;
  const category = categoryExpression(column);
  if (asked.values.length === 0) return "NULL::VARCHAR";
  return `(CASE WHEN ${category} IN (${asked.values.map(quoteText).join(", ")}) THEN ${category} END)`;
}

/** The name of a column that segments are asked of. */
export function nameOf(asked: string | SegmentColumn): string {
  return typeof asked === "string" ? asked : asked.name;
}

/** A column's value as a segment, `country=NL`; a missing one is `country=`. */
export function segmentOfValue(column: string, text: string | undefined): string {
  // A version is a name that is asked for as it stands: "1.0" must not become "1".
  return segmentName(column, column === "model_version" ? (text ?? "") : (canonicalCategory(text ?? "") ?? ""));
}

async function createGrouping(
  session: Session,
  from: {
    readonly i: number;
    readonly filtered: string;
    readonly hour: string;
    readonly value: string;
    readonly asked: string | SegmentColumn | undefined;
    readonly byHour: boolean;
  },
): Promise<Grouping> {
  await session.connection.run(
    `CREATE OR REPLACE TEMP TABLE groups${from.i} AS
     SELECT *, (row_number() OVER (ORDER BY ${ownHour}, ${ownValue}) - 1)::INTEGER AS ${ownCode}
     FROM (SELECT ${from.hour} AS ${ownHour}, ${from.value} AS ${ownValue}, count(*) AS ${ownCount} ${from.filtered} GROUP BY ALL)`,
  );
  const distinct = await queryRows(session, `SELECT count(DISTINCT ${ownValue}) FROM groups${from.i}`);
  if (Number(distinct[0]?.[0]) > MAX_SEGMENTS)
    throw new DriftwardError(
      "InvalidData",
      `expected at most ${MAX_SEGMENTS} values in segment column "${from.asked === undefined ? "" : nameOf(from.asked)}", got ${Number(distinct[0]?.[0])}`,
      { hint: "choose a column with few values for segments" },
    );
  const rows = await queryRows(
    session,
    `SELECT ${ownHour}, ${ownValue}, ${ownCount} FROM groups${from.i} ORDER BY ${ownCode}`,
  );
  const groups: Group[] = [];
  const indexOf = new Map<string, number>();
  const groupOfCode = Int32Array.from(rows, ([hour, value, n]) => {
    const segment = segmentOf(from.asked, asText(value));
    const key = `${Number(hour)} ${segment}`;
    const index = indexOf.get(key) ?? groups.length;
    indexOf.set(key, index);
    const before = groups[index]?.rows ?? 0;
    groups[index] = { hour: from.byHour ? Number(hour) : undefined, segment, rows: before + Number(n) };
    return index;
  });
  return { groups, code: `groups${from.i}.${ownCode}`, groupOfCode };
}

/** `column=value`; '' for rows that are in no segment. */
function segmentOf(asked: string | SegmentColumn | undefined, text: string): string {
  if (asked === undefined) return "";
  if (typeof asked === "object") return text === "" ? "" : segmentName(asked.name, text);
  return segmentOfValue(asked, text);
}

async function refuseRowsWithoutTime(
  session: Session,
  source: Source,
  filter: RowFilter | undefined,
  byHour: boolean,
): Promise<void> {
  if (!byHour && filter?.from === undefined && filter?.to === undefined) return;
  const time = microsecondsExpression(requireColumn(source, "timestamp", "to choose and group rows by time"));
  const found = await queryRows(session, `SELECT count(*) FROM ${source.from} WHERE (${time}) IS NULL`);
  if (Number(found[0]?.[0]) > 0)
    throw new DriftwardError(
      "InvalidData",
      `expected a time in column "timestamp" of every row, got ${Number(found[0]?.[0])} rows without one`,
      { hint: "write ISO 8601 or epoch numbers; rows without a time belong to no window" },
    );
}
