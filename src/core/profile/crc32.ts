/** Table k, from place 256 k on, gives what a byte adds to the checksum when k bytes follow it in a group of sixteen. */
const tables = makeTables();

function makeTables(): Int32Array {
  const all = new Int32Array(16 * 256);
  for (let n = 0; n < 256; n += 1) {
    let value = n;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    all[n] = value;
  }
  for (let i = 256; i < all.length; i += 1) {
    const before = all[i - 256] as number;
    all[i] = (before >>> 8) ^ (all[before & 0xff] as number);
  }
  return all;
}

/** Otherwise words would be read the other way round. */
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * CRC-32 (ISO 3309, as in gzip and PNG): finds any damage of up to 32 bits in a row, and 1 - 2^-32 of all others. Four
 * words at a time.
 */
export function crc32(bytes: Uint8Array): number {
  const start = Math.min(bytes.length, (4 - (bytes.byteOffset % 4)) % 4);
  const count = isLittleEndian ? 4 * Math.floor((bytes.length - start) / 16) : 0;
  let value = addBytes(-1, bytes, 0, start);
  if (count > 0) value = addWords(value, new Int32Array(bytes.buffer, bytes.byteOffset + start, count));
  return (addBytes(value, bytes, start + 4 * count, bytes.length) ^ -1) >>> 0;
}

function addBytes(before: number, bytes: Uint8Array, from: number, to: number): number {
  let value = before;
  for (let i = from; i < to; i += 1) value = (value >>> 8) ^ (tables[(value ^ (bytes[i] as number)) & 0xff] as number);
  return value;
}

function addWords(before: number, words: Int32Array): number {
  const t = tables;
  let value = before;
  for (let i = 0; i < words.length; i += 4) {
    const a = value ^ (words[i] as number);
    const b = words[i + 1] as number;
    const c = words[i + 2] as number;
    const d = words[i + 3] as number;
    value =
      (t[3_840 + (a & 0xff)] as number) ^
      (t[3_584 + ((a >>> 8) & 0xff)] as number) ^
      (t[3_328 + ((a >>> 16) & 0xff)] as number) ^
      (t[3_072 + (a >>> 24)] as number) ^
      (t[2_816 + (b & 0xff)] as number) ^
      (t[2_560 + ((b >>> 8) & 0xff)] as number) ^
      (t[2_304 + ((b >>> 16) & 0xff)] as number) ^
      (t[2_048 + (b >>> 24)] as number) ^
      (t[1_792 + (c & 0xff)] as number) ^
      (t[1_536 + ((c >>> 8) & 0xff)] as number) ^
      (t[1_280 + ((c >>> 16) & 0xff)] as number) ^
      (t[1_024 + (c >>> 24)] as number) ^
      (t[768 + (d & 0xff)] as number) ^
      (t[512 + ((d >>> 8) & 0xff)] as number) ^
      (t[256 + ((d >>> 16) & 0xff)] as number) ^
      (t[d >>> 24] as number);
  }
  return value;
}
