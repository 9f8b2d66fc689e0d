import { DriftwardError } from "../errors.ts";
import { addSparse } from "./add-sparse.ts";

/** Reads back what a ByteWriter wrote. Every method throws InvalidData at the end of the bytes. */
export interface ByteReader {
  byte(): number;
  whole(): number;
  /** A whole number of at most `limit`: lengths are checked before anything is allocated. */
  length(limit: number): number;
  double(): number;
  text(): string;
  /** Adds a sparse run to `cells`: how many pairs, then of each the gap to the next cell and what it holds. */
  sparse(cells: Float64Array): void;
  /** @throws InvalidData unless all bytes were read */
  end(): void;
}

/** @param what  what the bytes should be, for messages: "a profile" */
export function createByteReader(bytes: Uint8Array, what: string): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let offset = 0;
  const advance = (count: number): number => {
    if (offset + count > bytes.length) throw damaged(what, "they end too early");
    offset += count;
    return offset - count;
  };
  const whole = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const next = view.getUint8(advance(1));
      value += (next % 128) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw damaged(what, "a number is too large");
      if (next < 128) return value;
      scale *= 128;
    }
  };
  const length = (limit: number): number => {
    const value = whole();
    if (value > limit) throw damaged(what, `a length is ${value}, above ${limit}`);
    return value;
  };
  const sparse = (cells: Float64Array): void => {
    const filled = length(cells.length);
    const end = addSparse(cells, bytes, offset, filled);
    if (end === undefined) throw damaged(what, "a cell lies beyond the last, or they end too early");
    offset = end;
  };
  return {
    sparse,
    byte: () => view.getUint8(advance(1)),
    whole,
    length,
    double: () => view.getFloat64(advance(8), true),
    text() {
      const start = advance(length(bytes.length));
      try {
        return decoder.decode(bytes.subarray(start, offset));
      } catch (cause) {
        throw damaged(what, "a text is not UTF-8", cause);
      }
    },
    end() {
      if (offset !== bytes.length) throw damaged(what, `${bytes.length - offset} bytes are left over`);
    },
  };
}

/** The InvalidData error for bytes that are not what they should be. */
export function damaged(what: string, why: string, cause?: unknown): DriftwardError {
  return new DriftwardError("InvalidData", `expected ${what}, got bytes that are none: ${why}`, {
    hint: "restore it from a backup, or make the baseline or count again from its rows",
    ...(cause === undefined ? {} : { cause }),
  });
}
