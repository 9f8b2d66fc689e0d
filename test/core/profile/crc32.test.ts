import { crc32 as referenceCrc32 } from "node:zlib";
import { expect, test } from "@jest/globals";
import { crc32 } from "../../../src/core/profile/crc32.ts";

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test.each([
  ["", 0],
  ["123456789", 0xcbf43926],
  ["The quick brown fox jumps over the lazy dog", 0x414fa339],
])("of %j is the published value", (text, expected) => expect(crc32(ascii(text))).toBe(expected));

test("is zlib's at every length around groups of sixteen, and at every offset", () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 151 + 200) % 256);
  for (let start = 0; start < 9; start += 1)
    for (let end = start; end <= bytes.length; end += 1)
      expect(crc32(bytes.subarray(start, end))).toBe(referenceCrc32(bytes.subarray(start, end)));
});
