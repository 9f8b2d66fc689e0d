import { DriftwardError } from "../errors.ts";

/** Appends numbers and texts to a growing run of bytes. */
export interface ByteWriter {
  byte(value: number): void;
  /** A whole number in [0, 2^53): seven bits a byte, lowest first, the eighth bit says that more follow (LEB128). */
  whole(value: number): void;
  /** Eight bytes, IEEE 754, little-endian. */
  double(value: number): void;
  /** UTF-8, its length in bytes before it. */
  text(value: string): void;
  /** Four bytes, little-endian. */
  word(value: number): void;
  bytes(): Uint8Array;
}

/** @throws InvalidInput from `whole` for what is no whole number in [0, 2^53), from `text` for lone surrogates */
export function createByteWriter(): ByteWriter {
  let buffer = new Uint8Array(1024);
  let view = new DataView(buffer.buffer);
  let length = 0;
  const reserve = (more: number): void => {
    if (length + more <= buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * buffer.length, length + more));
    larger.set(buffer);
    [buffer, view] = [larger, new DataView(larger.buffer)];
  };
  const byte = (value: number): void => {
    reserve(1);
    buffer[length] = value;
    length += 1;
  };
  const whole = (value: number): void => {
    if (!(Number.isSafeInteger(value) && value >= 0))
      throw new DriftwardError("InvalidInput", `expected a whole number of 0 or more, got ${value}`);
    let rest = value;
    while (rest >= 128) {
      byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    byte(rest);
  };
  return {
    byte,
    whole,
    double(value) {
      reserve(8);
      view.setFloat64(length, value, true);
      length += 8;
    },
    text(value) {
      const encoded = new TextEncoder().encode(value);
      if (new TextDecoder("utf-8", { ignoreBOM: true }).decode(encoded) !== value)
        throw new DriftwardError("InvalidInput", `expected text in Unicode, got a lone surrogate in "${value}"`);
      whole(encoded.length);
      reserve(encoded.length);
      buffer.set(encoded, length);
      length += encoded.length;
    },
    word(value) {
      reserve(4);
      view.setUint32(length, value, true);
      length += 4;
    },
    bytes: () => buffer.slice(0, length),
  };
}
