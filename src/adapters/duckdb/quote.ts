import { DriftwardError } from "../../core/errors.ts";

/** C0 controls, DEL and C1 controls; a NUL would also end DuckDB's parser early. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u001f\u007f-\u009f]/;

export function hasControls(text: string): boolean {
  return controls.test(text);
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
