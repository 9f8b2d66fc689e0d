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

/** For commander: the values of a repeated option. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
