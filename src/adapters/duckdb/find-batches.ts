import type { BatchInFile, CountEngine } from "../../ports/count-engine.ts";
import { batchExpression, microsecondsExpression, requireColumn } from "./expressions.ts";
import type { Session } from "./session.ts";
import { openSource } from "./source.ts";

/** A longer value names no batch: an index of the record could not hold it. */
const longestName = 200;

/**
 * The values of a column in each file, with their rows and times; see the port. A value that no record can hold, long or
 * with control characters, names no batch: one such row must not keep the batches of all others from being seen.
 */
export async function findBatches(
  session: Session,
  { files, column: name }: Parameters<CountEngine["batches"]>[0],
): Promise<readonly BatchInFile[]> {
  const found: BatchInFile[] = [];
  for (const [file, path] of files.paths.entries()) {
    const source = await openSource(session, { ...files, paths: [path] }, [name, "timestamp"]);
    const column = source.columns.get(name);
    if (column === undefined) continue;
    const time = microsecondsExpression(requireColumn(source, "timestamp", "that says when each row was made"));
    const rows = await session.connection.runAndReadAll(
      `SELECT ${batchExpression(column)} AS batch, count(*)::DOUBLE, min(${time}) / 1e3, max(${time}) / 1e3
       FROM ${source.from} WHERE ${time} IS NOT NULL GROUP BY batch
       HAVING length(batch) <= ${longestName} AND NOT regexp_matches(batch, '[[:cntrl:]]') ORDER BY batch`,
    );
    for (const [batch, count, first, last] of rows.getRows())
      found.push({
        ...{ file, batch: String(batch), rows: Number(count) },
        ...{ firstAt: new Date(Number(first)), lastAt: new Date(Number(last)) },
      });
  }
  return found;
}
