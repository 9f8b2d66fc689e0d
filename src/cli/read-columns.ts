import { DriftwardError } from "../core/errors.ts";

/**
 * Reads `--column contract=name` options into a mapping.
 *
 * @throws InvalidInput when one is not of that form
 */
export function readColumns(columns: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    columns.map((text) => {
      const [contract, ...name] = text.split("=");
      if (contract === undefined || contract === "" || name.length === 0)
        throw new DriftwardError("InvalidInput", `expected --column contract=name, got "${text}"`);
      return [contract, name.join("=")];
    }),
  );
}

/**
 * Reads `--delimiter`: one sign, or the word `tab`.
 *
 * @throws InvalidInput when it is neither
 */
export function readDelimiter(text: string | undefined): { readonly delimiter?: string } {
  if (text === undefined) return {};
  const delimiter = /^(tab|\\t)$/i.test(text) ? "\t" : text;
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter))
    throw new DriftwardError(
      "InvalidInput",
      `expected --delimiter to be one sign, or tab, got ${JSON.stringify(text)}`,
      {
        hint: "quote it: --delimiter ';'",
      },
    );
  return { delimiter };
}

/** For commander: the values of a repeated option. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
