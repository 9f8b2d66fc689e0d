import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { quoteText, quoteTexts } from "./quote.ts";

/** What the child process is opened with; plain data, so that it can be handed over. */
export interface SessionOptions {
  /** Folders, with all that is below them, that files may be read from and written to. */
  readonly allowedDirectories: readonly string[];
  /** Where DuckDB spills to when memory is short. */
  readonly tempDirectory: string;
  /** In DuckDB's notation: `1GB`. Not a hard limit: the process has its own. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** Resident memory, in bytes, at which the process ends itself: DuckDB's own limit does not hold for everything. */
  readonly maxMemory: number;
  /** Parquet files that say they hold more rows are refused: a small file may claim billions. */
  readonly maxRows: number;
}

/** An open connection to a DuckDB that reaches nothing but the allowed folders. */
export interface Session {
  readonly connection: DuckDBConnection;
  readonly maxRows: number;
}

/** Opens an in-memory DuckDB and locks it down. The order matters: the last two settings close the door. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const settings = [
    `allowed_directories = ${quoteTexts(options.allowedDirectories)}`,
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "allow_community_extensions = false",
    `memory_limit = ${quoteText(options.memoryLimit)}`,
    `threads = ${Math.max(1, Math.floor(options.threads))}`,
    // Pages that are no longer used go back at once: a condition that few rows meet leaves many.
    "allocator_background_threads = true",
    `temp_directory = ${quoteText(options.tempDirectory)}`,
    // Row order decides which rows a limit and a sample take; streams cost the same either way.
    "preserve_insertion_order = true",
    // Its key is path, size and second: a file rewritten within that second would be served stale.
    "enable_external_file_cache = false",
    "TimeZone = 'UTC'",
    "enable_external_access = false",
    "lock_configuration = true",
  ];
  for (const setting of settings) await connection.run(`SET ${setting}`);
  return { connection, maxRows: options.maxRows };
}

/** All rows of a statement whose result is small. */
export async function queryRows(session: Session, sql: string): Promise<readonly (readonly unknown[])[]> {
  const reader = await session.connection.runAndReadAll(sql);
  return reader.getRows();
}

/** A value of a text column; '' for null. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The first value of the first row as a number. */
export async function queryNumber(session: Session, sql: string): Promise<number> {
  const rows = await queryRows(session, sql);
  return Number(rows[0]?.[0] ?? 0);
}
