import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { addSparse } from "../../../src/core/profile/add-sparse.ts";
import { createByteWriter } from "../../../src/core/profile/byte-writer.ts";

const wholes = fc.oneof(fc.nat(200), fc.maxSafeNat());

test("adds what a writer wrote, from any place on, and says where it ends", () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(300), wholes), { maxLength: 40 }), fc.nat(3), (pairs, before) => {
      const writer = createByteWriter();
      for (let i = 0; i < before; i += 1) writer.byte(255);
      let next = 0;
      const expected = new Float64Array(13_000).fill(1);
      for (const [gap, count] of pairs) {
        writer.whole(gap);
        writer.whole(count);
        next += gap;
        expected[next] = 1 + count;
        next += 1;
      }
      const end = writer.bytes().length;
      writer.byte(255);
      const cells = new Float64Array(13_000).fill(1);
      expect(addSparse(cells, writer.bytes(), before, pairs.length)).toBe(end);
      expect(Buffer.from(cells.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
    }),
  ));

test.each<[string, readonly number[], number]>([
  ["a cell beyond the last", [2, 1, 5, 1], 2],
  ["a far cell beyond the last", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1], 1],
  ["a number above 2^53", [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 1],
  ["no bytes", [], 1],
  ["bytes that end before a count", [1], 1],
  ["bytes that end before a gap", [1, 1], 2],
  ["bytes that end within a gap", [1, 1, 0x80], 2],
  ["bytes that end within a count", [1, 0x80], 1],
])("refuses %s", (_, bytes, filled) => {
  expect(addSparse(new Float64Array(8), Uint8Array.from(bytes), 0, filled)).toBeUndefined();
});
