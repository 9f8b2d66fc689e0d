import { DriftwardError } from "../../core/errors.ts";
import type { ErrorMessage } from "./messages.ts";

/**
 * An error of DuckDB as ours. DuckDB tells kinds apart by how its message begins; what it says of files, lines and
 * columns is kept, what it proposes to change in SQL is cut off.
 */
export function asErrorMessage(error: unknown): ErrorMessage {
  if (error instanceof DriftwardError) return { code: error.code, message: error.message, hint: error.hint };
  const text = error instanceof Error ? error.message : String(error);
  const [said = text] = text.split(/\n\s*\n|\nLINE \d|\nPossible (?:fixes|Solution)|\s*Try setting /);
  // DuckDB names the CSV file below its proposals.
  const file = /^\s*file = (.+)$/m.exec(text)?.[1];
  const message =
    said
      .trim()
      .replaceAll(/\s*\n\s*/g, "; ")
      .replace(quoted, cutLine) + (file === undefined ? "" : `; in ${file}`);
  if (/^(Out of Memory|INTERNAL|FATAL|Interrupt|TransactionContext)/i.test(text))
    return {
      code: "EngineFailed",
      message,
      hint: "try again with fewer rows or columns at once, or give the engine more memory",
    };
  if (/^IO Error.*(No space left|Stale file handle|Too many open files|Input\/output error)/i.test(text))
    return { code: "EngineFailed", message, hint: "look at the disk and try again" };
  if (text.startsWith("Permission Error"))
    return { code: "InvalidData", message, hint: "move the file below a folder that Driftward may read" };
  if (
    /^(IO|Invalid Input|Conversion|Binder|Parser|Serialization|Out of Range|Not implemented|Invalid|Catalog|Syntax)\b/i.test(
      text,
    )
  )
    return { code: "InvalidData", message, hint: hintFor(text) };
  return { code: "EngineFailed", message, hint: undefined };
}

/** A line that DuckDB quotes, up to what it says next. */
const quoted =
  /Original Line: [\s\S]*?(?=; (?:Expected Number of Columns|Value with unterminated|Invalid unicode|Error when converting|Maximum line size|Unterminated|Actual Size)|$)/;
const mostQuoted = 120;

/** Lines may be of megabytes, or no text at all. */
function cutLine(line: string): string {
  const shown = line.slice(0, mostQuoted).replaceAll(/[\p{Cc}\u{FFFD}]/gu, "·");
  return shown.length < line.length ? `${shown.toWellFormed()}…` : shown;
}

function hintFor(text: string): string {
  if (/not utf-8 encoded/i.test(text)) return "convert it, as with: iconv -f ISO-8859-1 -t UTF-8";
  if (/duplicate key/i.test(text)) return "give each key once in an object";
  if (/No files found|does not exist|No such file/i.test(text)) return "look at the path";
  if (/Malformed JSON|non-record JSON/i.test(text)) return "every line must be one JSON object";
  if (/CSV Error/i.test(text)) return "mend the line that is named, or write the file again";
  if (/magic bytes|too small to be a Parquet|thrift|footer/i.test(text))
    return "the file is no complete Parquet file: write it again, and rename it into place when it is done";
  return "look whether the file is complete and of the format that its name says";
}
