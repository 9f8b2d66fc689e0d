import type { CountEngine } from "../../ports/count-engine.ts";
import { requireColumn } from "./expressions.ts";
import { quoteName } from "./quote.ts";
import type { Session } from "./session.ts";
import { openSource } from "./source.ts";

/** The first rows as objects: integers as numbers (as text beyond 2^53), times as Dates, nothing for null. CSV is text. */
export async function readTableRows(
  session: Session,
  request: Parameters<CountEngine["rows"]>[0],
): Promise<Awaited<ReturnType<CountEngine["rows"]>>> {
  const source = await openSource(session, request.files);
  const names = request.columns.map((name) => quoteName(requireColumn(source, name, "to read").name));
  const sql = `SELECT ${names.join(", ")} FROM ${source.from} LIMIT ${Math.max(0, Math.floor(request.limit))}`;
  const reader = await session.connection.runAndReadAll(sql);
  return reader.getRowsJS().map((row) => {
    const present = request.columns.flatMap((name, i) => (row[i] === null ? [] : [[name, plain(row[i])] as const]));
    return Object.fromEntries(present);
  });
}

function plain(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}
