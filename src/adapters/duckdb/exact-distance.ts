import { DriftwardError } from "../../core/errors.ts";
import { sortNumbers } from "../../core/profile/sort-numbers.ts";
import type { CountEngine, DataFiles, RowFilter } from "../../ports/count-engine.ts";
import { filterColumns, filterCondition, numberExpression, requireColumn } from "./expressions.ts";
import { queryNumber, type Session } from "./session.ts";
import { openSource } from "./source.ts";
import { streamVectors } from "./stream-vectors.ts";

type DistanceRequest = Parameters<CountEngine["exactKolmogorovSmirnov"]>[0];

/** Values of both sides that are held at once: 256 MB. */
const MAX_HELD = 32_000_000;

/**
 * Exact two-sample distance. Both columns are read whole and sorted here; where they are too many, DuckDB sorts them,
 * spilling to disk, and gives each distinct value with the rows of both sides.
 *
 * @throws InvalidData when a side has no value
 */
export async function exactDistance(
  session: Session,
  request: DistanceRequest,
  maxHeld = MAX_HELD,
): Promise<Awaited<ReturnType<CountEngine["exactKolmogorovSmirnov"]>>> {
  const baseline = await valuesOf(session, request.baseline, request.feature, undefined);
  const live = await valuesOf(session, request.live, request.feature, request.liveFilter);
  for (const [side, { count }] of [["baseline", baseline] as const, ["live rows", live] as const])
    if (count === 0)
      throw new DriftwardError("InvalidData", `expected values of "${request.feature}" in the ${side}, got none`, {
        hint: "choose a window that has rows",
      });
  const [n, m] = [baseline.count, live.count];
  const walk = createWalk(n, m);
  if (n + m <= maxHeld)
    mergeSorted(sortNumbers(await gather(session, baseline)), sortNumbers(await gather(session, live)), walk.take);
  else
    await streamVectors(
      session,
      `SELECT v, count(*) FILTER (side = 0)::DOUBLE, count(*) FILTER (side = 1)::DOUBLE FROM
       (SELECT v + 0.0 AS v, 0 AS side ${baseline.from} UNION ALL SELECT v + 0.0, 1 ${live.from}) GROUP BY v ORDER BY v`,
      (chunk) => {
        const [b, l] = [chunk.doubles(1), chunk.doubles(2)];
        for (let i = 0; i < chunk.rows; i += 1) walk.take(b[i] ?? 0, l[i] ?? 0);
      },
    );
  return { statistic: walk.distance(), n, m };
}

interface Values {
  /** SQL that gives column v, without null and NaN. */
  readonly from: string;
  readonly count: number;
}

async function valuesOf(
  session: Session,
  files: DataFiles,
  feature: string,
  filter: RowFilter | undefined,
): Promise<Values> {
  const source = await openSource(session, files, [feature, ...filterColumns(filter)]);
  const { value } = numberExpression(requireColumn(source, feature, "to compare"));
  const from = `FROM (SELECT ${value} AS v FROM ${source.from} WHERE ${filterCondition(source, filter)}) WHERE v IS NOT NULL AND NOT isnan(v)`;
  return { from, count: await queryNumber(session, `SELECT count(*) ${from}`) };
}

async function gather(session: Session, { from, count }: Values): Promise<Float64Array> {
  const values = new Float64Array(count);
  let filled = 0;
  await streamVectors(session, `SELECT v ${from}`, (chunk) => {
    values.set(chunk.doubles(0), filled);
    filled += chunk.rows;
  });
  return values;
}

/** Calls back once for each distinct value, ascending, with the rows that each side has of it. -0 and 0 are one. */
function mergeSorted(baseline: Float64Array, live: Float64Array, take: (b: number, l: number) => void): void {
  let [i, j] = [0, 0];
  while (i < baseline.length || j < live.length) {
    const value = Math.min(baseline[i] ?? Number.POSITIVE_INFINITY, live[j] ?? Number.POSITIVE_INFINITY);
    const [fromI, fromJ] = [i, j];
    while (i < baseline.length && baseline[i] === value) i += 1;
    while (j < live.length && live[j] === value) j += 1;
    take(i - fromI, j - fromJ);
  }
}

function createWalk(
  n: number,
  m: number,
): { readonly take: (b: number, l: number) => void; readonly distance: () => number } {
  let [below, belowLive, distance] = [0, 0, 0];
  return {
    take(b, l) {
      below += b;
      belowLive += l;
      distance = Math.max(distance, Math.abs(below / n - belowLive / m));
    },
    distance: () => distance,
  };
}
