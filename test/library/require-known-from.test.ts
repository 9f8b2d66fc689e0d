import { expect, test } from "@jest/globals";
import { requireKnownFrom } from "../../src/library/require-known-from.ts";

const look = (from: unknown) => () => requireKnownFrom(from as never, "from of ingest");
const refused = (hint: string) => expect.objectContaining({ code: "InvalidInput", hint });

test("rows come from a file or from memory, with the names that each has", () => {
  expect(look({ file: "a.csv", delimiter: ";", format: "csv" })).not.toThrow();
  expect(look({ rows: [{ x: 1 }], name: "today" })).not.toThrow();
  expect(look({ file: "a.csv", delimeter: ";" })).toThrow(refused('did you mean "delimiter"?'));
  expect(look({ rows: [], nam: "today" })).toThrow(refused('did you mean "name"?'));
  expect(look({ rows: [], file: "a.csv" })).toThrow(refused("known here: rows, name"));
});

test("what is no place of rows is told as such", () => {
  for (const from of [undefined, null, "a.csv"]) expect(look(from)).toThrow(/expected an object of options of from/);
  expect(look({ format: "csv" })).toThrow(refused('give from: { file: "rows.csv" } or from: { rows: [...] }'));
});
