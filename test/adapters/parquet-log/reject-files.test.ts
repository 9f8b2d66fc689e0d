import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createRejectFiles } from "../../../src/adapters/parquet-log/reject-files.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dw-rejects-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test("keeps the line, the reason and the row, and is there when it is whole", async () => {
  const writer = createRejectFiles(root).open("model", "ingest");
  await writer.add([{ line: 2, reason: "prediction is missing", row: { a: 1n, b: Number.NaN, c: "\n" } }]);
  expect(existsSync(join(root, "model", "ingest.ndjson"))).toBe(false);
  await writer.add([{ line: 9, reason: "timestamp is missing", row: JSON.parse('{"__proto__": [null]}') }]);
  const path = await writer.finish();
  expect(path).toBe(join(root, "model", "ingest.ndjson"));
  expect(readFileSync(path ?? "", "utf8")).toBe(
    '{"line":2,"reason":"prediction is missing","row":{"a":"1","b":"NaN","c":"\\n"}}\n' +
      '{"line":9,"reason":"timestamp is missing","row":{"__proto__":[null]}}\n',
  );
});

test("nothing refused leaves no file", async () => {
  const writer = createRejectFiles(root).open("model", "ingest");
  await writer.add([]);
  expect(await writer.finish()).toBeUndefined();
  expect(readdirSync(root)).toEqual([]);
});

test("abandoned, it leaves nothing behind", async () => {
  const writer = createRejectFiles(root).open("model", "ingest");
  await writer.add([{ line: 1, reason: "x", row: {} }]);
  await writer.abandon();
  expect(readdirSync(join(root, "model"))).toEqual([]);
});
