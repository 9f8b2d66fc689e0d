import { describe, expect, test } from "@jest/globals";
import { gatherFile } from "./gather.ts";

test("rows name their own columns", async () => {
  const text = '{"a":1,"b":"x"}\n\n{"b":null,"c":true}\r\n{"a":[1]}';
  const { columns, rows, lines } = await gatherFile("x.ndjson", text);
  expect(columns).toEqual(["a", "b", "c"]);
  expect(rows).toEqual([
    [1, "x", undefined],
    [undefined, null, true],
    [[1], undefined, undefined],
  ]);
  expect(lines).toEqual([1, 3, 4]);
});

test("what Python writes beside JSON is read: NaN as missing, infinities as what they are", async () => {
  const text = '{"a":NaN,"b":-Infinity,"c":"NaN, Infinity \\" NaN","d":Infinity}\n';
  expect((await gatherFile("x.jsonl", text)).rows).toEqual([
    [null, Number.NEGATIVE_INFINITY, 'NaN, Infinity " NaN', Number.POSITIVE_INFINITY],
  ]);
});

test("whole numbers beyond 2^53 are none of their neighbours", async () => {
  const text = [
    '{"id":9007199254740993,"n":-18446744073709551617,"text":"9007199254740993, \\" 9007199254740993"}',
    '{"id":9007199254740991,"n":0.12345678901234567890,"text":9007199254740993.0}',
    '{"id":1234567890123456e2,"n":[9007199254740993],"text":{"a":9007199254740993}}',
    '{"id":9007199254740993,"n":NaN,"text":-Infinity}',
  ].join("\n");
  expect((await gatherFile("x.ndjson", text)).rows).toEqual([
    [9_007_199_254_740_993n, -18_446_744_073_709_551_617n, '9007199254740993, " 9007199254740993'],
    [9_007_199_254_740_991, 0.123_456_789_012_345_68, 9_007_199_254_740_992],
    [123_456_789_012_345_600, [9_007_199_254_740_993n], { a: 9_007_199_254_740_993n }],
    [9_007_199_254_740_993n, null, Number.NEGATIVE_INFINITY],
  ]);
});

test("names that mean something to JavaScript are names", async () => {
  const { columns, rows } = await gatherFile("x.ndjson", '{"__proto__":1,"constructor":2,"toString":3}\n');
  expect(columns).toEqual(["__proto__", "constructor", "toString"]);
  expect(rows).toEqual([[1, 2, 3]]);
});

test("separators of lines that JSON allows inside text do not cut it", async () => {
  expect((await gatherFile("x.ndjson", '{"a":"x\u2028y\u0085z"}\n')).rows).toEqual([["x\u2028y\u0085z"]]);
});

test("a line that is no object is a row with a problem, and its neighbours are fine", async () => {
  const { rows, problems } = await gatherFile("x.ndjson", '{"a":1}\n{"a":2\n[3]\nnull\n{"a":5}\n');
  expect(problems[0]).toBeUndefined();
  expect(problems[1]).toMatch(/^is no JSON \(.+\)$/);
  expect(problems.slice(2)).toEqual(["is no JSON object", "is no JSON object", undefined]);
  expect(rows[4]).toEqual([5]);
});

describe("files that are not what they say", () => {
  test.each([
    ["a list", '[{"a":1}]', "the first is no JSON object", "jq"],
    ["indented JSON", '{\n  "a": 1\n}\n', "the first is no JSON", "format"],
    ["CSV", "a,b\n1,2\n", "the first is no JSON", "format"],
    ["blank lines", "\n \n", "blank lines only", "rows"],
  ])("%s", async (_, text, message, hint) => {
    await expect(gatherFile("x.ndjson", text)).rejects.toMatchObject({
      code: "InvalidData",
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });
});

test("lines are put together wherever pieces of the file are cut", async () => {
  // Three bytes a character, and more than the 256 KiB of one piece.
  const long = "€".repeat(100_000);
  const { rows } = await gatherFile("x.ndjson", `{"a":"${long}"}\n{"a":"${long}!"}\n`);
  expect(rows.map(([value]) => String(value).length)).toEqual([100_000, 100_001]);
});

test("comes in batches of the size asked for", async () => {
  const text = Array.from({ length: 25 }, (_, a) => JSON.stringify({ a })).join("\n");
  const { batches, rows } = await gatherFile("x.ndjson", text, { size: 10 });
  expect([batches, rows.length]).toEqual([3, 25]);
});
