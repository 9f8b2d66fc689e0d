/** Table k gives what a byte adds to the checksum when k bytes follow it in a group of eight. */
const tables = makeTables();

function makeTables(): readonly Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, n) => {
    let value = n;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });
  const all = [first];
  for (let k = 1; k < 8; k += 1) {
    const before = all[k - 1] ?? first;
    all.push(before.map((value) => (value >>> 8) ^ (first[value & 0xff] ?? 0)));
  }
  return all;
}

/**
 * CRC-32 (ISO 3309, as in gzip and PNG): finds any damage of up to 32 bits in a row, and 1 - 2^-32 of all others. Eight
 * bytes at a time.
 */
export function crc32(bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
    ...[Uint32Array, Uint32Array, Uint32Array, Uint32Array],
    ...[Uint32Array, Uint32Array, Uint32Array, Uint32Array],
  ];
  let value = 0xffffffff;
  let i = 0;
  for (; i + 8 <= bytes.length; i += 8) {
    value ^= word(bytes, i);
    value =
      (t7[value & 0xff] as number) ^
      (t6[(value >>> 8) & 0xff] as number) ^
      (t5[(value >>> 16) & 0xff] as number) ^
      (t4[value >>> 24] as number) ^
      (t3[bytes[i + 4] as number] as number) ^
      (t2[bytes[i + 5] as number] as number) ^
      (t1[bytes[i + 6] as number] as number) ^
      (t0[bytes[i + 7] as number] as number);
  }
  for (; i < bytes.length; i += 1) value = (value >>> 8) ^ (t0[(value ^ (bytes[i] as number)) & 0xff] as number);
  return (value ^ 0xffffffff) >>> 0;
}

/** Four bytes as a number, the lowest first. */
function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
