import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBValue,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import { quoteName } from "../duckdb/quote.ts";
import type { Cell, TableColumn } from "./tables.ts";

const rowsPerChunk = 2_048;
const types = { DOUBLE, VARCHAR, TIMESTAMP } as const;

/**
 * Writes tables as Parquet (zstd). It meets only rows that were checked and typed before; files of others are read
 * elsewhere.
 */
export interface ParquetWriter {
  write<Row>(
    path: string,
    columns: readonly TableColumn<Row>[],
    parts: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
    orderBy?: readonly string[],
  ): Promise<number>;
  close(): Promise<void>;
}

export function createParquetWriter(temporaryFolder: string): ParquetWriter {
  let instance: Promise<DuckDBInstance> | undefined;
  return {
    write: async (path, columns, parts, orderBy = []) => {
      instance ??= openInstance(temporaryFolder);
      const connection = await (await instance).connect();
      try {
        return await writeTable(connection, path, columns, parts, orderBy);
      } finally {
        connection.closeSync();
      }
    },
    close: async () => {
      const open = await instance;
      instance = undefined;
      open?.closeSync();
    },
  };
}

function openInstance(temporaryFolder: string): Promise<DuckDBInstance> {
  return DuckDBInstance.create(":memory:", {
    memory_limit: "1GB",
    threads: "2",
    temp_directory: temporaryFolder,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
  });
}

async function writeTable<Row>(
  connection: DuckDBConnection,
  path: string,
  columns: readonly TableColumn<Row>[],
  parts: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  orderBy: readonly string[],
): Promise<number> {
  const described = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(", ");
  await connection.run(`create temp table rows_to_write (${described})`);
  try {
    const appender = await connection.createAppender("rows_to_write", undefined, "temp");
    let count = 0;
    for await (const part of parts) {
      for (let at = 0; at < part.length; at += rowsPerChunk)
        appender.appendDataChunk(chunkOf(columns, part.slice(at, at + rowsPerChunk)));
      count += part.length;
    }
    appender.closeSync();
    const order = orderBy.length === 0 ? "" : ` order by ${orderBy.map(quoteName).join(", ")}`;
    const target = `'${path.replaceAll("'", "''")}'`;
    await connection.run(`copy (from rows_to_write${order}) to ${target} (format parquet, compression zstd)`);
    return count;
  } finally {
    await connection.run("drop table rows_to_write");
  }
}

function chunkOf<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(columns.map(({ type }) => types[type]));
  chunk.setColumns(columns.map(({ cell }) => rows.map((row) => toValue(cell(row)))));
  return chunk;
}

function toValue(cell: Cell): DuckDBValue {
  if (cell === undefined) return null;
  return cell instanceof Date ? new DuckDBTimestampValue(BigInt(cell.getTime()) * 1_000n) : cell;
}
