import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { rowReader } from "../../../src/adapters/readers/row-reader.ts";
import { gather, gatherFile } from "./gather.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dw-reader-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("the format follows from the ending, or is named", async () => {
  expect((await gatherFile("X.CSV", "a\n1\n")).rows).toEqual([["1"]]);
  expect((await gatherFile("x.log", '{"a":1}\n', { format: "ndjson" })).rows).toEqual([[1]]);
  await expect(gatherFile("x.log", "a")).rejects.toMatchObject({ code: "InvalidInput" });
  await expect(gatherFile("x.constructor", "a")).rejects.toMatchObject({ code: "InvalidInput" });
});

describe("what is no file to read", () => {
  test.each([
    ["missing.csv", "NotFound", /expected a file .*missing.csv, got none/],
    [".", "InvalidData", /expected a file, got something else/],
    ["pipe", "InvalidData", /expected a file, got something else/],
  ])("%s", async (name, code, message) => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    await expect(rowReader.open(join(folder, name), { format: "csv" })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ["nothing", "", "the file is empty"],
    ["UTF-16 little end", Buffer.from("\ufeffa,b\n", "utf16le"), "got UTF-16"],
    ["UTF-16 big end", Buffer.from("\ufeffa,b\n", "utf16le").swap16(), "got UTF-16"],
    ["Latin-1", Buffer.from("a,b\ncaf\u00e9,1\n", "latin1"), "another encoding"],
    ["cut UTF-8", Buffer.from("a\u20ac").subarray(0, -1), "another encoding"],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0]), "got a gzip file"],
    ["Excel", Buffer.from([0x50, 0x4b, 3, 4, 0]), "zip or Excel"],
    ["Parquet", Buffer.from("PAR1abcPAR1"), "got a Parquet file"],
  ])("%s", async (_, content, message) => {
    for (const name of ["x.csv", "x.ndjson"])
      await expect(gatherFile(name, content)).rejects.toMatchObject({
        code: "InvalidData",
        message: expect.stringContaining(message),
        place: { file: expect.stringContaining(name) },
      });
  });
});

test("the digest is of the bytes", async () => {
  const path = join(folder, "x.csv");
  writeFileSync(path, "a\n1\n");
  const source = await rowReader.open(path);
  expect(await source.digest()).toBe(createHash("sha256").update("a\n1\n").digest("hex"));
  await source.close();
});

test("a file can be read again and again, and one put in its place is not met", async () => {
  const path = join(folder, "x.csv");
  writeFileSync(path, "a\n1\n");
  const source = await rowReader.open(path);
  expect((await gather(source)).rows).toEqual([["1"]]);
  writeFileSync(`${path}.new`, "a\n2\n");
  renameSync(`${path}.new`, path);
  expect((await gather(source)).rows).toEqual([["1"]]);
  await source.verify();
  await source.close();
});

test("a file that grows while it is read is told", async () => {
  const path = join(folder, "x.csv");
  writeFileSync(path, "a\n1\n");
  const source = await rowReader.open(path);
  await gather(source);
  appendFileSync(path, "2\n");
  await expect(source.verify()).rejects.toMatchObject({ code: "InvalidData" });
  await source.close();
});

describe("rows in memory", () => {
  test("are read as those of a file", async () => {
    const source = rowReader.fromRows([{ a: 1 }, { b: new Date(0), a: undefined }], "call");
    expect(source).toMatchObject({ name: "call", unit: "row", textual: false });
    expect(await gather(source, 1)).toMatchObject({
      columns: ["a", "b"],
      rows: [
        [1, undefined],
        [undefined, new Date(0)],
      ],
      lines: [1, 2],
    });
  });

  test("are the same source when they are the same rows", async () => {
    const digest = (rows: readonly Record<string, unknown>[]) => rowReader.fromRows(rows).digest();
    const same = await digest([{ a: 1n, b: Number.NaN, c: new Date(5), d: "x" }]);
    expect(await digest([{ a: 1n, b: Number.NaN, c: new Date(5), d: "x" }])).toBe(same);
    const others = [
      { a: 1 },
      { a: "1" },
      { a: 1n },
      { a: true },
      { a: Number.NaN },
      { a: null },
      { a: [1n] },
      { b: 1 },
    ];
    expect(new Set(await Promise.all(others.map((row) => digest([row])))).size).toBe(others.length);
  });

  test("none are none", async () => {
    expect((await gather(rowReader.fromRows([]))).rows).toEqual([]);
  });
});
