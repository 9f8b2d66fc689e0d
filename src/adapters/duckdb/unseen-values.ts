import { canonicalCategory } from "../../core/prediction/canonical-category.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import { filterColumns, filterCondition, textExpression } from "./expressions.ts";
import type { Session } from "./session.ts";
import { openSource } from "./source.ts";

/** Distinct values that are held at once; when there are more, the rare ones are let go. */
const MAX_HELD = 100_000;

/** The most frequent values that the baseline has not; see the port. */
export async function unseenValues(
  session: Session,
  request: Parameters<CountEngine["unseenValues"]>[0],
): Promise<Awaited<ReturnType<CountEngine["unseenValues"]>>> {
  const { files, bins, limit, filter } = request;
  if (files.paths.length === 0) return [];
  const source = await openSource(session, files, [bins.name, ...filterColumns(filter)]);
  const column = source.columns.get(bins.name);
  if (column === undefined) return [];
  const known = new Set(bins.categories);
  const found = new Map<string, number>();
  const result = await session.connection.stream(
    `SELECT ${textExpression(column)} AS value, count(*)::DOUBLE AS number FROM ${source.from}
     WHERE ${filterCondition(source, filter)} GROUP BY ALL ORDER BY number DESC, value LIMIT ${known.size + MAX_HELD}`,
  );
  for await (const chunk of result.yieldRows())
    for (const [text, rows] of chunk) {
      const value = canonicalCategory(text === null ? "" : String(text));
      if (value !== undefined && !known.has(value)) found.set(value, (found.get(value) ?? 0) + Number(rows));
    }
  return [...found]
    .map(([value, rows]) => ({ value, rows }))
    .sort((one, other) => other.rows - one.rows || (one.value < other.value ? -1 : 1))
    .slice(0, Math.max(0, limit));
}
