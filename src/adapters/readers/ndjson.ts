import type { RawBatch } from "../../ports/row-source.ts";
import { alignRecords, type LineRecord } from "./align-records.ts";
import { invalid, type OpenFile } from "./open-file.ts";
import { readTextChunks } from "./read-text-chunks.ts";

const longestLine = 16 << 20;
const bareNumber = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/**
 * Rows of newline-delimited JSON: one object a line. Blank lines are passed over; a line that is no object is a row
 * with a problem, unless it is the first one: then the file is something else.
 */
export async function* readNdjson(file: OpenFile, size: number): AsyncGenerator<RawBatch> {
  let records: LineRecord[] = [];
  let line = 0;
  let any = false;
  for await (const text of lines(file)) {
    line += 1;
    if (text.trim() === "") continue;
    const record = parseLine(text, line);
    if (!any && "problem" in record) throw notNdjson(file, text, record.problem);
    any = true;
    records.push(record);
    if (records.length === size) {
      yield alignRecords(records);
      records = [];
    }
  }
  if (!any) throw invalid(file.name, "expected one JSON object a line, got blank lines only", "send a file with rows");
  yield alignRecords(records);
}

function parseLine(text: string, line: number): LineRecord {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    return { line, problem: `is no JSON (${error instanceof Error ? error.message : String(error)})` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { line, problem: "is no JSON object" };
  return { line, record: value };
}

/** Whole numbers that doubles may not hold; digits of a fraction are none. */
const longWhole = /(?<![\d.])\d{16,}(?![\d.eE])/;
const textOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** What stands for such a number while JSON is read: a name that no writer gives. */
const wholeMark = "\u0000whole";

/** JSON would round whole numbers beyond 2^53: two ids would become one. They come as integers of any size. */
function parseWhole(text: string): unknown {
  const marked = text.replace(textOrNumber, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `{"\\u0000whole":"${token}"}` : token,
  );
  return JSON.parse(marked, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, wholeMark)) return value;
    return BigInt(String((value as Record<string, unknown>)[wholeMark]));
  });
}

/** Python writes NaN and Infinity, which JSON does not have: NaN is read as missing, infinities as what they are. */
function parseJson(text: string): unknown {
  const parse = longWhole.test(text) ? parseWhole : (plain: string): unknown => JSON.parse(plain);
  try {
    return parse(text);
  } catch (error) {
    if (!text.includes("NaN") && !text.includes("Infinity")) throw error;
    const mended = text.replace(bareNumber, (token) => {
      if (token === "NaN") return "null";
      return token.startsWith('"') ? token : token.replace("Infinity", "1e999");
    });
    return parse(mended);
  }
}

function notNdjson(file: OpenFile, text: string, problem: string): Error {
  const isList = text.trimStart().startsWith("[");
  const hint = isList ? "write one object a line, as with: jq -c '.[]'" : "see whether the format is another";
  return invalid(file.name, `expected one JSON object a line; the first ${problem}`, hint, 1);
}

async function* lines(file: OpenFile): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of readTextChunks(file)) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    if (rest.length > longestLine)
      throw invalid(file.name, `expected lines of at most ${longestLine} characters`, "write one JSON object a line");
    yield* parts;
  }
  if (rest !== "") yield rest;
}
