import { DriftwardError } from "../../core/errors.ts";
import { millisecondsPer } from "../../core/units.ts";
import type { CountEngine, DataFiles, RowFilter } from "../../ports/count-engine.ts";
import {
  filterColumns,
  filterCondition,
  microsecondsExpression,
  numberExpression,
  requireColumn,
} from "./expressions.ts";
import { queryRows, type Session } from "./session.ts";
import { openSource } from "./source.ts";

type DistanceRequest = Parameters<CountEngine["exactKolmogorovSmirnov"]>[0];

/** The largest weight as a whole number: sums of whole numbers are exact in any order, and 2^-40 is lost at most. */
const largest = 2 ** 40;
const hoursOfWeek = 168;

/**
 * Exact two-sample distance of a numeric column whose baseline rows weigh by the hour of the week that they are of: the
 * largest difference of the weighted distribution function and that of the live rows, over all values of both. Sorts the
 * distinct values, on disk where they do not fit.
 *
 * @throws InvalidData when a side has no value, or no row that weighs anything
 */
export async function weightedDistance(
  session: Session,
  request: DistanceRequest,
  hourWeights: readonly number[],
): Promise<Awaited<ReturnType<CountEngine["exactKolmogorovSmirnov"]>>> {
  const { feature, baseline, live, baselineFilter, liveFilter } = request;
  const before = await values(session, {
    files: baseline,
    feature,
    filter: baselineFilter,
    weight: weightOf(hourWeights),
  });
  const now = await values(session, { files: live, feature, filter: liveFilter, weight: undefined });
  const sql = `WITH points AS (
      SELECT v, sum(b) AS b, sum(l) AS l, sum(n) AS n FROM (
        SELECT v, w AS b, 0 AS l, 1 AS n FROM (${before}) WHERE w > 0
        UNION ALL SELECT v, 0 AS b, 1 AS l, 0 AS n FROM (${now})) GROUP BY v),
    total AS (SELECT sum(b) AS b, sum(l) AS l, sum(n) AS n FROM points),
    cumulative AS (
      SELECT sum(b) OVER up AS b, sum(l) OVER up AS l FROM points
      WINDOW up AS (ORDER BY v ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
    SELECT max(abs(c.b::DOUBLE / t.b::DOUBLE - c.l::DOUBLE / t.l::DOUBLE)), any_value(t.n)::DOUBLE, any_value(t.l)::DOUBLE
    FROM cumulative c, total t`;
  const [row] = await queryRows(session, sql);
  const [statistic, n, m] = (row ?? []).map((value) => Number(value ?? 0));
  for (const [side, rows] of [["baseline", n] as const, ["live rows", m] as const])
    if (rows === undefined || rows === 0)
      throw new DriftwardError("InvalidData", `expected values of "${feature}" in the ${side}, got none`, {
        hint: "choose a window that has rows",
      });
  return { statistic: Math.min(1, statistic ?? 0), n: n ?? 0, m: m ?? 0 };
}

/** Rows of a side as v and, for the baseline, w. */
async function values(
  session: Session,
  of: {
    readonly files: DataFiles;
    readonly feature: string;
    readonly filter: RowFilter | undefined;
    /** SQL of a row's weight from its microseconds. */
    readonly weight: ((microseconds: string) => string) | undefined;
  },
): Promise<string> {
  const times = of.weight === undefined ? [] : ["timestamp"];
  const source = await openSource(session, of.files, [...new Set([of.feature, ...times, ...filterColumns(of.filter)])]);
  const { value } = numberExpression(requireColumn(source, of.feature, "to compare"));
  const time = of.weight && microsecondsExpression(requireColumn(source, "timestamp", "to weigh rows by their hour"));
  const weight = of.weight === undefined || time === undefined ? "1" : of.weight(time);
  const rows = `SELECT ${value} AS v, ${weight} AS w FROM ${source.from} WHERE ${filterCondition(source, of.filter)}`;
  return `SELECT v, w FROM (${rows}) WHERE v IS NOT NULL AND NOT isnan(v)`;
}

function weightOf(hourWeights: readonly number[]): (microseconds: string) => string {
  const most = Math.max(...hourWeights);
  const whole = hourWeights.map((weight) => (most > 0 ? Math.round((weight / most) * largest) : 0));
  const hour = (time: string) =>
    `((floor((${time}) / ${millisecondsPer.h * 1_000}.0)::BIGINT % ${hoursOfWeek}) + ${hoursOfWeek}) % ${hoursOfWeek}`;
  return (time) => `[${whole.map((weight) => `${weight}::BIGINT`).join(", ")}][${hour(time)} + 1]`;
}
