import { execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { DataFiles } from "../../../src/ports/count-engine.ts";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

let opened: TemporaryEngine;
beforeAll(async () => {
  opened = await openTemporaryEngine({ maxRows: 1_000 });
});
afterAll(() => opened.close());

const bins = [{ kind: "numeric", name: "a", edges: Float64Array.of(1), binEdges: [0] }] as const;

async function write(name: string, content: string | Uint8Array): Promise<DataFiles> {
  await writeFile(opened.path(name), content);
  const format = name.split(".").at(-1) as DataFiles["format"];
  return { paths: [opened.path(name)], format };
}

/** Both calls refuse the file as InvalidData, name it, and give a next step; counting a good file still works. */
async function expectRefused(files: DataFiles, message: string): Promise<void> {
  const refusal = { code: "InvalidData", message: expect.stringContaining(message), hint: expect.stringMatching(/\w/) };
  await expect(opened.engine.describe(files)).rejects.toMatchObject(refusal);
  await expect(opened.engine.count({ files, bins })).rejects.toMatchObject(refusal);
  const [group] = await opened.engine.count({ files: await write("good.csv", "a\n1\n2\n"), bins });
  expect(group?.counts.rows).toBe(2);
}

describe("a file that cannot be read is refused", () => {
  test.each([
    ["nothing.csv", "", "nothing.csv, got a file of zero bytes"],
    ["nothing.ndjson", "", "nothing.ndjson, got a file of zero bytes"],
    ["nothing.parquet", "", "nothing.parquet, got a file of zero bytes"],
    ["blank.csv", "\n\n", "blank.csv"],
    ["text.parquet", "PAR1 is not enough for a file", "text.parquet"],
    ["short.csv", "a,b\n1,2\n3\n", "short.csv"],
    ["long.csv", "a,b\n1,2\n3,4,5\n", "Line: 3"],
    ["quote.csv", 'a,b\n"1,2\n3,4\n', "quote.csv"],
    ["bytes.csv", Buffer.from([0x61, 0x0a, 0xff, 0xfe, 0x0a]), "utf-8"],
    ["twice.csv", "a,b,A\n1,2,3\n", 'got "a" and "A"'],
    ["control.csv", "a,b\u0007\n1,2\n", '"b\\u0007"'],
    ["packed.csv", gzipSync("a\n1\n"), "packed.csv, got a gzip file"],
    ["packed.ndjson", gzipSync('{"a":1}'), "packed.ndjson, got a gzip file"],
    ["other.csv", Buffer.from("\ufeffa\n1\n", "utf16le"), "other.csv, got UTF-16"],
    ["parquet.csv", "PAR1 and more PAR1", "parquet.csv, got a Parquet file"],
    ["cut.ndjson", '{"a":1}\n{"a":', "cut.ndjson"],
    ["wide.csv", `${Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(",")}\n`, "at most 5000 columns in"],
  ])("%s", async (name, content, message) => {
    const files = await write(name, content);
    await expectRefused(files, message);
  });

  test("not a CSV whose first column is called as Parquet begins", async () => {
    const description = await opened.engine.describe(await write("named.csv", "PAR1_id,a\n1,2\n"));
    expect(description.columns.map(({ name }) => name)).toEqual(["PAR1_id", "a"]);
  });

  test("a path that cannot be looked at, with the system's word", async () => {
    await symlink(opened.path("round.csv"), opened.path("round.csv"));
    await expectRefused({ paths: [opened.path("round.csv")], format: "csv" }, "round.csv: cannot be opened (ELOOP)");
  });

  test("a folder, a pipe, a link to nothing, nothing at all", async () => {
    await mkdir(opened.path("folder.csv"));
    execFileSync("mkfifo", [opened.path("pipe.csv")]);
    await symlink(opened.path("gone.csv"), opened.path("nowhere.csv"));
    for (const [name, message] of [
      ["folder.csv", "got the folder"],
      ["pipe.csv", "got a pipe or device"],
      ["nowhere.csv", "got a link to nothing"],
      ["absent.csv", "absent.csv, got none"],
    ] as const)
      await expectRefused({ paths: [opened.path(name)], format: "csv" }, message);
  });

  test("a line of megabytes is quoted in part", async () => {
    const files = await write("line.csv", `a,b\n1,${"z".repeat(3_000_000)}\n`);
    const refused = await opened.engine.describe(files).catch((error: Error) => error);
    expect(refused).toMatchObject({ code: "InvalidData", message: expect.stringMatching(/line\.csv$/) });
    expect("message" in refused ? refused.message.length : 0).toBeLessThan(1_000);
  });

  test.each([
    ["an empty key", '{"":1,"a":2}\n', "got an empty one"],
    [
      "keys that differ in case behind many that are numbered",
      `{${Array.from({ length: 50 }, (_, i) => `"C${i}":1,`).join("")}"a":1,"A":2}\n`,
      '"A" in two spellings',
    ],
    ["keys that differ in case", '{"a":1,"A":2}\n', '"A" in two spellings'],
  ])("NDJSON with %s", async (_, content, message) => {
    const refusal = {
      code: "InvalidData",
      message: expect.stringContaining(message),
      hint: expect.stringMatching(/\w/),
    };
    await expect(opened.engine.describe(await write("keys.ndjson", content))).rejects.toMatchObject(refusal);
  });

  test("names that only look as if DuckDB had made them are names", async () => {
    const files = await write("named.ndjson", '{"C0":1,"x":2,"x_1":3}\n');
    const { columns } = await opened.engine.describe(files);
    expect(columns.map(({ name }) => name)).toEqual(["C0", "x", "x_1"]);
  });

  test("Parquet cut short", async () => {
    await opened.sql("COPY (SELECT range::DOUBLE AS a FROM range(900)) TO '$DIR/cut.parquet' (FORMAT parquet)");
    await truncate(opened.path("cut.parquet"), 700);
    await expectRefused({ paths: [opened.path("cut.parquet")], format: "parquet" }, "cut.parquet");
  });

  test("Parquet with its middle overwritten is refused or read, and the engine lives on", async () => {
    await opened.sql("COPY (SELECT random() AS a FROM range(900)) TO '$DIR/torn.parquet' (FORMAT parquet)");
    const bytes = await readFile(opened.path("torn.parquet"));
    for (let at = 4; at < bytes.length - 8; at += Math.ceil(bytes.length / 40)) {
      const torn = Uint8Array.from(bytes);
      torn.fill(0xa5, at, at + 16);
      const files = await write("torn.parquet", torn);
      await opened.engine.count({ files, bins }).catch((error: { code: string }) => {
        expect(["InvalidData", "EngineFailed"]).toContain(error.code);
      });
    }
    const [group] = await opened.engine.count({ files: await write("after.csv", "a\n1\n"), bins });
    expect(group?.counts.rows).toBe(1);
  });

  test("Parquet that claims more rows than allowed, alone or together", async () => {
    await opened.sql("COPY (SELECT 1 AS a FROM range(600)) TO '$DIR/many.parquet' (FORMAT parquet)");
    const path = opened.path("many.parquet");
    await opened.sql("COPY (SELECT 1 AS a FROM range(300)) TO '$DIR/fewer.parquet' (FORMAT parquet)");
    // The same file twice is its rows twice.
    const fewer = { paths: [opened.path("fewer.parquet"), opened.path("fewer.parquet")], format: "parquet" } as const;
    expect((await opened.engine.describe(fewer)).rows).toBe(600);
    await expectRefused({ paths: [path, path], format: "parquet" }, "at most 1000 rows, got 1200");
  });

  test("Parquet whose names differ only in case, or hold control characters, or are too many", async () => {
    await opened.sql("COPY (SELECT 1 AS a, 2 AS b) TO '$DIR/case.parquet' (FORMAT parquet)");
    const bytes = await readFile(opened.path("case.parquet"), "latin1");
    // The name b stands in the footer, its length before it.
    const renamed = (name: string): Buffer =>
      Buffer.from(bytes.replaceAll("\u0018\u0001b", `\u0018\u0001${name}`), "latin1");
    await expectRefused(await write("case.parquet", renamed("A")), 'got "a" and "A"');
    await expectRefused(await write("bell.parquet", renamed("\u0007")), '"\\u0007"');
    const columns = Array.from({ length: 5_001 }, (_, i) => `1 AS c${i}`).join(", ");
    await opened.sql(`COPY (SELECT ${columns}) TO '$DIR/wide.parquet' (FORMAT parquet)`);
    await expectRefused({ paths: [opened.path("wide.parquet")], format: "parquet" }, "at most 5000 columns");
  });

  test("files that are not there, and patterns that match none", async () => {
    await expectRefused({ paths: [opened.path("gone.csv")], format: "csv" }, "gone.csv");
    await expectRefused({ paths: [opened.path("gone.parquet")], format: "parquet" }, "gone.parquet");
    await expectRefused({ paths: [opened.path("gone-*.parquet")], format: "parquet" }, "gone-*.parquet");
  });

  test("files outside of the allowed folders, also by a link or a way up", async () => {
    await symlink("/etc/hostname", opened.path("link.csv"));
    for (const path of [
      "/etc/hostname",
      opened.path("link.csv"),
      opened.path("../../etc/hostname"),
      "https://example.com/a.csv",
    ])
      await expect(opened.engine.describe({ paths: [path], format: "csv" })).rejects.toMatchObject({
        code: "InvalidData",
      });
  });
});

describe("what is odd but fine is read", () => {
  test.each([
    ["bom.csv", "\ufeffa,b\r\n1,x\r\n2,y\r\n"],
    ["semicolons.csv", 'a;"b;c"\n1;2,5\n2;"x;y"\n'],
    ["tabs.csv", "a\tb\n1\t2\n2\t3\n"],
    ["header-of-numbers.csv", "a,2\n1,2\n2,4\n"],
    ["index.csv", ",a\n0,1\n1,2\n"],
    ["old-mac.csv", "a,b\r1,2\r2,3\r"],
    ["lines.csv", 'a,b\n1,"x\ny"\n2,z\n'],
    ["numbers.ndjson", '{"a":1}\n{"a":2,"b":NaN}\n'],
  ])("%s", async (name, content) => {
    const [group] = await opened.engine.count({ files: await write(name, content), bins });
    expect(group?.counts).toMatchObject({
      rows: 2,
      features: [{ cells: Float64Array.of(0, 1, 1), missing: 0, invalid: 0 }],
    });
  });

  test("a header alone is no rows", async () => {
    const description = await opened.engine.describe(await write("header.csv", "a,b\n"));
    expect(description).toEqual({
      rows: 0,
      columns: [
        { name: "a", type: "text" },
        { name: "b", type: "text" },
      ],
    });
  });

  test("CSV files with other columns go together by name", async () => {
    const first = await write("first.csv", "a,b\n1,2\n");
    const second = await write("second.csv", "c;a\nx;2\n");
    const files = { format: "csv", paths: [...first.paths, ...second.paths] } as const;
    const [group] = await opened.engine.count({ files, bins });
    expect(group?.counts.features[0]?.cells).toEqual(Float64Array.of(0, 1, 1));
  });

  test("signs of patterns in real names are literal", async () => {
    await write("we[i]rd*?.csv", "a\n1\n");
    await write("weird.csv", "a\n1\n2\n");
    const [group] = await opened.engine.count({
      files: { paths: [opened.path("we[i]rd*?.csv")], format: "csv" },
      bins,
    });
    expect(group?.counts.rows).toBe(1);
  });

  test("types are told from the values", async () => {
    const csv = "n,b,t,s,e\n1,true,2024-01-01T00:00:00Z,x,\n2.5,False,2024-01-02,7,\n,,,,\n";
    const description = await opened.engine.describe(await write("types.csv", csv));
    expect(description.columns.map(({ type }) => type)).toEqual(["numeric", "boolean", "timestamp", "text", "text"]);
    const lines = Array.from({ length: 9 }, (_, i) => i + 1).map((n) => `{"n":${n},"mixed":${n},"s":"${n}","b":true}`);
    const json = await opened.engine.describe(await write("types.ndjson", [...lines, '{"mixed":"x"}'].join("\n")));
    expect(json.columns).toEqual([
      { name: "n", type: "numeric" },
      { name: "mixed", type: "numeric" },
      { name: "s", type: "text" },
      { name: "b", type: "boolean" },
    ]);
  });

  test("rows read back small tables", async () => {
    await opened.sql(
      "COPY (SELECT 1::BIGINT AS i, 9007199254740993::BIGINT AS huge, TIMESTAMP '2024-01-02 03:04:05' AS at, NULL::DOUBLE AS none, 'x' AS s) TO '$DIR/rows.parquet' (FORMAT parquet)",
    );
    const files = { paths: [opened.path("rows.parquet")], format: "parquet" } as const;
    const rows = await opened.engine.rows({ files, columns: ["s", "i", "huge", "at", "none"], limit: 5 });
    expect(rows).toEqual([{ s: "x", i: 1, huge: "9007199254740993", at: new Date("2024-01-02T03:04:05Z") }]);
    expect(await opened.engine.rows({ files, columns: ["s"], limit: 0 })).toEqual([]);
    await expect(opened.engine.rows({ files, columns: ["z"], limit: 1 })).rejects.toMatchObject({
      code: "InvalidData",
    });
  });
});
