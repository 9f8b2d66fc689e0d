import { DriftwardError } from "../../core/errors.ts";

/** Whether a text has C0 controls, DEL or C1 controls; a NUL would also end DuckDB's parser early. */
export function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}

/**
 * A name of a column as SQL. Names are data: this is the only way they get into a statement.
 *
 * @throws InvalidData when the name is empty or has control characters
 */
export function quoteName(name: string): string {
  if (name === "" || hasControls(name))
    throw new DriftwardError(
      "InvalidData",
      `expected a column name without control characters, got ${JSON.stringify(name)}`,
      { hint: "rename the column in the file" },
    );
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A text as SQL literal.
 *
 * @throws InvalidData when it has a NUL, which no statement can hold
 */
export function quoteText(text: string): string {
  if (text.includes("\u0000"))
    throw new DriftwardError("InvalidData", `expected text without NUL characters, got ${JSON.stringify(text)}`);
  return `'${text.replaceAll("'", "''")}'`;
}

/** A list of texts as SQL literal. */
export function quoteTexts(texts: readonly string[]): string {
  return `[${texts.map(quoteText).join(", ")}]`;
}

/** A quoted name for a column of our own inside a statement: no file can have it, for control characters are refused. */
export function ownName(name: string): string {
  return `"\u0001${name}"`;
}
