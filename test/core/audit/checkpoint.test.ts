import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type Checkpoint,
  checkpointLine,
  isSigned,
  keyText,
  parseCheckpoints,
  parseKey,
} from "../../../src/core/audit/checkpoint.ts";
import { makeKey } from "./keys.ts";

const { key, checkpoint } = makeKey();
const made = checkpoint({ seq: 7, hash: "ab".repeat(32) });
const line = checkpointLine(made);

test("is signed by its key, and by no other", () => {
  expect(isSigned(made)).toBe(true);
  expect(isSigned({ ...made, key: makeKey().key })).toBe(false);
  expect(isSigned({ ...made, key: "no key" })).toBe(false);
});

test.each<[string, Partial<Checkpoint>]>([
  ["instance", { instance: "there" }],
  ["seq", { seq: 8 }],
  ["hash", { hash: "ac".repeat(32) }],
  ["time", { at: "2026-01-02T00:00:00.001Z" }],
])("a changed %s is found", (_name, change) => expect(isSigned({ ...made, ...change })).toBe(false));

test("no byte of its line can change: it is damaged, or not signed", () => {
  fc.assert(
    fc.property(fc.nat(line.length - 1), fc.integer({ min: 32, max: 126 }), (index, code) => {
      const char = String.fromCharCode(code);
      fc.pre(line[index] !== char);
      const changed = line.slice(0, index) + char + line.slice(index + 1);
      try {
        const [read] = parseCheckpoints(changed, "x");
        expect(isSigned(read as Checkpoint)).toBe(false);
      } catch (error) {
        expect(error).toMatchObject({ code: "InvalidData" });
      }
    }),
    { numRuns: 1_000 },
  );
});

describe("read back", () => {
  test("from a file of lines", () => expect(parseCheckpoints(`${line}\n${line}\n`, "x")).toEqual([made, made]));

  test("from a mail, also where it broke the line", () => {
    const broken = line.replace(/(.{60})/g, "$1=\r\n");
    expect(parseCheckpoints(`Subject: x\r\n\r\n    ${line}\r\n-- \r\n`, "x")).toEqual([made]);
    expect(parseCheckpoints(`Subject: x\r\n\r\n    ${broken}\r\n`, "x")).toEqual([made]);
  });

  test("with the line where one is damaged, and what is missing where there is none", () => {
    expect(() => parseCheckpoints(`\n${line.replace('"seq":7', '"seq":"7"')}`, "kept.ndjson")).toThrow(
      expect.objectContaining({ code: "InvalidData", place: { file: "kept.ndjson", line: 2 } }),
    );
    for (const text of ["", "hello", "{}"])
      expect(() => parseCheckpoints(text, "kept.ndjson")).toThrow("kept.ndjson: expected checkpoints, found none");
  });
});

test("a key is passed on as one word", () => {
  expect(parseKey(keyText(key))).toBe(key);
  expect(parseKey(` ${key}\n`)).toBe(key);
  for (const text of ["", "ed25519:", `rsa:${key}`, `${key}x`]) expect(() => parseKey(text)).toThrow("public key");
});
