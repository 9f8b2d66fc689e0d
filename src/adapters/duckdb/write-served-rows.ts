import { isContractName } from "../../core/prediction/contract.ts";
import type { ServedRowsRequest } from "../../ports/served-rows.ts";
import { filterCondition } from "./expressions.ts";
import { firstLabels, predictionColumns } from "./labelled-sql.ts";
import { ownName, quoteName, quoteText } from "./quote.ts";
import { queryNumber, type Session } from "./session.ts";
import { openSource } from "./source.ts";

const own = { id: ownName("id"), time: ownName("time"), label: ownName("label") } as const;

/** Contract columns that a baseline keeps as they are; the others are told by it, or replaced. */
const kept = ["timestamp", "prediction", "score", "entity_id"];

/** Writes the rows that a version served as a baseline's file; see the port. The same rows always give the same file. */
export async function writeServedRows(
  session: Session,
  request: ServedRowsRequest,
): Promise<{ readonly rows: number }> {
  const source = await openSource(session, request.predictions);
  const labels = await firstLabels(session, request.labels);
  const { id, time } = predictionColumns(source);
  const { from, to, modelVersion, except, labelledBefore } = request;
  const condition = filterCondition(source, { from, to, modelVersion, except });
  const columns = [...source.columns.keys()].filter(
    (name) => name !== "_hour" && (!isContractName(name) || kept.includes(name)),
  );
  const mature = `CASE WHEN ${own.time} < ${labelledBefore.getTime() * 1_000} THEN l.label END`;
  const select = `SELECT ${columns.map((name) => quoteName(name)).join(", ")}, ${own.label} AS label FROM
    (SELECT p.*, ${mature} AS ${own.label}
       FROM (SELECT *, ${id} AS ${own.id}, ${time} AS ${own.time} FROM ${source.from} WHERE ${condition}) p
       LEFT JOIN ${labels} l ON p.${own.id} = l.id)
    ORDER BY ${own.time}, ${own.id}`;
  const path = quoteText(request.path);
  await session.connection.run(`COPY (${select}) TO ${path} (FORMAT parquet, COMPRESSION zstd)`);
  return { rows: await queryNumber(session, `SELECT num_rows FROM parquet_file_metadata(${path})`) };
}
