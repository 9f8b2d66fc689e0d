import bindings from "@duckdb/node-bindings";
import type { Session } from "./session.ts";

/** About two thousand rows, column by column. The arrays are DuckDB's own memory: valid within the call only. */
export interface VectorChunk {
  readonly rows: number;
  doubles(column: number): Float64Array;
  integers(column: number): Int32Array;
  /** One byte a row, 0 or 1. */
  booleans(column: number): Uint8Array;
  /** Bit i of byte i / 8 is 1 where row i is not null; undefined where none is null. */
  validity(column: number): Uint8Array | undefined;
}

/**
 * Bytes after which what was handed over is let go of. Left to itself, the collector looks at the few small objects that
 * hold each chunk's memory, and lets hundreds of megabytes of it pile up: more with every million rows. Memory that is soon
 * used again also costs less than fresh pages.
 */
const BYTES_KEPT = 1_000_000;

/** Runs a statement and hands over its rows as they come, without keeping them. */
export async function streamVectors(session: Session, sql: string, visit: (chunk: VectorChunk) => void): Promise<void> {
  const result = await session.connection.stream(sql);
  // A chunk takes its whole room, however few rows a condition has left in it.
  const size = 8 * result.columnCount * bindings.vector_size();
  let kept = 0;
  for (;;) {
    const fetched = await result.fetchChunk();
    if (fetched === null || fetched.rowCount === 0) return;
    const { chunk, rowCount: rows } = fetched;
    kept += size;
    if (kept > Math.max(BYTES_KEPT, 4 * size)) {
      // There when the process was started with --expose-gc, as the engine's is.
      globalThis.gc?.({ type: "minor" });
      kept = 0;
    }
    const vectors: ReturnType<typeof bindings.data_chunk_get_vector>[] = [];
    const vector = (column: number): ReturnType<typeof bindings.data_chunk_get_vector> => {
      vectors[column] ??= bindings.data_chunk_get_vector(chunk, column);
      return vectors[column];
    };
    visit({
      rows,
      doubles(column) {
        const bytes = bindings.vector_get_data(vector(column), rows * 8);
        return new Float64Array(bytes.buffer, bytes.byteOffset, rows);
      },
      integers(column) {
        const bytes = bindings.vector_get_data(vector(column), rows * 4);
        return new Int32Array(bytes.buffer, bytes.byteOffset, rows);
      },
      booleans: (column) => bindings.vector_get_data(vector(column), rows),
      validity: (column) => bindings.vector_get_validity(vector(column), Math.ceil(rows / 64) * 8) ?? undefined,
    });
  }
}
