import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Profile } from "../../../src/core/profile/bins.ts";
import { decodeCounts, encodeCounts } from "../../../src/core/profile/counts-codec.ts";
import { crc32 } from "../../../src/core/profile/crc32.ts";
import { decodeProfile, encodeProfile } from "../../../src/core/profile/profile-codec.ts";
import { countedBins, onlyCells } from "./arbitraries.ts";

const profile: Profile = {
  bins: [
    { kind: "numeric", name: "age", edges: Float64Array.of(-1.5, 0, 7), binEdges: [0, 2] },
    { kind: "categorical", name: "städte", categories: ["Köln", "", "東京"] },
  ],
  counts: {
    rows: 300,
    features: [
      { ...onlyCells(Float64Array.of(0, 100, 0, 0, 127, 0, 3)), missing: 70, minimum: -1.5, maximum: 9 },
      { ...onlyCells(Float64Array.of(128, 0, 2, 170)), invalid: 1 },
    ],
  },
};

describe("the codecs of counts and profiles", () => {
  test("give back what they were given, in the same bytes", () =>
    fc.assert(
      fc.property(countedBins, ({ bins, parts: [counts] }) => {
        if (counts === undefined) return;
        expect(decodeCounts(encodeCounts(counts))).toEqual(counts);
        const bytes = encodeProfile({ bins, counts });
        expect(decodeProfile(bytes)).toEqual({ bins, counts });
        expect(encodeProfile(decodeProfile(bytes))).toEqual(bytes);
      }),
      { numRuns: 200 },
    ));

  test("read bytes that lie inside a larger buffer", () => {
    const bytes = encodeProfile(profile);
    const larger = new Uint8Array(bytes.length + 11);
    larger.set(bytes, 7);
    expect(decodeProfile(larger.subarray(7, 7 + bytes.length))).toEqual(profile);
  });

  test("leave empty cells out", () => {
    const cells = new Float64Array(2_049);
    cells[1_000] = 60;
    expect(encodeCounts({ rows: 60, features: [onlyCells(cells)] }).length).toBeLessThan(25);
  });

  test("find every changed byte and every cut", () => {
    const bytes = encodeProfile(profile);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      for (const damaged of [changed, bytes.subarray(0, at)])
        expect(() => decodeProfile(damaged)).toThrow(
          expect.objectContaining({
            code: "InvalidData",
            message: expect.stringContaining("expected a profile, got bytes"),
          }),
        );
    }
  });

  /** Bytes with a right checksum but a wrong inside, as no accident but a hand makes them. */
  function forge(change: (bytes: Uint8Array) => void): Uint8Array {
    const bytes = encodeProfile(profile);
    change(bytes);
    new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)), true);
    return bytes;
  }
  test.each([
    ["another version", (bytes: Uint8Array) => bytes.set([2], 4), "version 2"],
    ["another kind of bytes", (bytes: Uint8Array) => bytes.set([0x43, 0x54], 2), "begin with DWPF"],
    ["edges that do not ascend", (bytes: Uint8Array) => bytes.copyWithin(12, 20, 28), "do not ascend"],
    ["an unknown kind of feature", (bytes: Uint8Array) => bytes.set([9], 6), "the kind of feature"],
    ["a length beyond all bytes", (bytes: Uint8Array) => bytes.set([0xff, 0xff, 0xff, 0x7f], 5), "a length is"],
  ])("refuse %s", (_, change, message) => {
    expect(() => decodeProfile(forge(change))).toThrow(
      expect.objectContaining({ code: "InvalidData", message: expect.stringContaining(message) }),
    );
  });

  test("refuse bytes after the end", () => {
    const body = encodeCounts({ rows: 1, features: [] });
    const longer = new Uint8Array(body.length + 1);
    longer.set(body.subarray(0, -4));
    new DataView(longer.buffer).setUint32(longer.length - 4, crc32(longer.subarray(0, -4)), true);
    expect(() => decodeCounts(longer)).toThrow("1 bytes are left over");
  });

  test("refuse to write what is no count, and text that is none", () => {
    expect(() => encodeCounts({ rows: 1.5, features: [] })).toThrow(expect.objectContaining({ code: "InvalidInput" }));
    const bins = [{ kind: "categorical", name: "a\ud800", categories: [] }] as const;
    const counts = { rows: 0, features: [onlyCells(new Float64Array(1))] };
    expect(() => encodeProfile({ bins, counts })).toThrow("lone surrogate");
  });
});

test("crc32 has the value that the standard gives", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});
