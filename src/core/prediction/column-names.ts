import { DriftwardError } from "../errors.ts";

const longestColumnName = 200;
export const mostColumns = 2_000;

/**
 * Whether names can serve as columns of the log, where names that differ only in case are the same.
 *
 * @param columns   the file's header, in order
 * @param file      how messages call the file
 * @throws InvalidData naming the column and what is wrong with it
 */
export function checkColumnNames(columns: readonly string[], file: string): void {
  const fail = (what: string, hint: string): never => {
    throw new DriftwardError("InvalidData", `${file}: ${what}`, { hint, place: { file } });
  };
  if (columns.length > mostColumns)
    fail(`expected at most ${mostColumns} columns, got ${columns.length}`, "leave out what is no feature");
  const seen = new Map<string, string>();
  columns.forEach((name, index) => {
    const what = `column ${index + 1}`;
    if (name === "")
      fail(`${what} has no name`, "give it a name in the header; from pandas, write with to_csv(index=False)");
    if (name.length > longestColumnName)
      fail(`the name of ${what} has ${name.length} characters`, `shorten it to ${longestColumnName} or fewer`);
    if (hasControlCharacter(name))
      fail(`the name of ${what} has a control character: ${JSON.stringify(name)}`, "rename the column");
    if (hasLoneSurrogate(name)) fail(`the name of ${what} is no valid Unicode: ${JSON.stringify(name)}`, "rename it");
    const same = seen.get(name.toLowerCase());
    if (same === name) fail(`column "${name}" is there twice`, "rename or remove one of them");
    if (same !== undefined)
      fail(`columns "${same}" and "${name}" differ only in case`, "rename one of them: case is not told apart");
    seen.set(name.toLowerCase(), name);
  });
}

export function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Half a character of UTF-16: it has no form in UTF-8, so two different texts would become one. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
