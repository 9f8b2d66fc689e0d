import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { gatherFile } from "./gather.ts";

describe("what RFC 4180 has", () => {
  test.each([
    ["line feeds", "a,b\n1,2\n"],
    ["carriage returns and line feeds", "a,b\r\n1,2\r\n"],
    ["no end of the last line", "a,b\n1,2"],
    ["a byte order mark", "\ufeffa,b\n1,2\n"],
    ["quoted names", '"a","b"\n1,2\n'],
    ["blank lines", "\na,b\n\n1,2\n\n"],
  ])("%s", async (_, text) => {
    const { columns, rows } = await gatherFile("x.csv", text);
    expect(columns).toEqual(["a", "b"]);
    expect(rows).toEqual([["1", "2"]]);
  });

  test("quotes hold separators, quotes and line ends; lines are those where rows begin", async () => {
    const text = 'a,b\r\n"x,\r\ny","say ""no"""\r\n\r\n3,4\r\n';
    const { rows, lines } = await gatherFile("x.csv", text);
    expect(rows).toEqual([
      ["x,\r\ny", 'say "no"'],
      ["3", "4"],
    ]);
    expect(lines).toEqual([2, 5]);
  });

  test("a header alone is a file without rows", async () => {
    expect(await gatherFile("x.csv", "a,b\n")).toMatchObject({ columns: ["a", "b"], rows: [] });
  });

  test("other separators are declared", async () => {
    expect((await gatherFile("x.csv", "a;b\n1,5;2\n", { delimiter: ";" })).rows).toEqual([["1,5", "2"]]);
    expect((await gatherFile("x.tsv", "a\tb\n1\t2\n")).rows).toEqual([["1", "2"]]);
  });
});

test("a row of another width is a row with a problem, and its neighbours are fine", async () => {
  const { rows, problems, lines } = await gatherFile("x.csv", "a,b\n1,2\n1,2,3\n4\n5,6\n");
  expect(rows[0]).toEqual(["1", "2"]);
  expect(rows[3]).toEqual(["5", "6"]);
  expect(problems).toEqual([
    undefined,
    "has 3 fields, and the header has 2",
    "has 1 fields, and the header has 2",
    undefined,
  ]);
  expect(lines).toEqual([2, 3, 4, 5]);
});

describe("files that are not what they say", () => {
  test.each([
    ["a quote that is not closed", 'a,b\n1,"2\n3,4\n', /no valid CSV: Quote Not Closed/],
    ["a quote in the middle", 'a,b\n1,2"3\n', /no valid CSV: .* line 2/],
    ["another separator", "a;b;c\n1;2;3\n", /separated by ",", got one column "a;b;c"/],
    ["blank lines only", "\n\n", /expected a header/],
    ["a NUL byte", "a,b\n1,\u00002\n", /NUL byte at byte 7/],
  ])("%s", async (_, text, message) => {
    await expect(gatherFile("x.csv", text)).rejects.toMatchObject({
      code: "InvalidData",
      message: expect.stringMatching(message),
    });
  });
});

test("another separator is named as it is given", async () => {
  for (const [text, hint] of [
    ["a;b\n1;2\n", "--delimiter ';'"],
    ["a\tb\n1\t2\n", "--delimiter tab"],
  ] as const)
    await expect(gatherFile("x.csv", text)).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
});

test("comes in batches of the size asked for", async () => {
  const text = `a\n${Array.from({ length: 25 }, (_, i) => i).join("\n")}\n`;
  const { batches, rows } = await gatherFile("x.csv", text, { size: 10 });
  expect(batches).toBe(3);
  expect(rows).toHaveLength(25);
});

test("reads back any fields, wherever pieces of the file are cut", () => {
  const field = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n", "é", "😀", " "), maxLength: 6 });
  return fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 8 }), async (table) => {
      const quoted = table.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(","));
      const { rows } = await gatherFile("x.csv", `a,b\n${quoted.join("\n")}`);
      expect(rows).toEqual(table);
    }),
    { numRuns: 60 },
  );
});
