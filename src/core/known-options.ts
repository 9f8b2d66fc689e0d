import { DriftwardError } from "./errors.ts";
import { suggestName } from "./nearest-name.ts";

/** Every option there is, by name: the type has the compiler ask for one that was forgotten. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Refuses options that do not exist: a misspelt one would be passed over, and what it asks for not done.
 *
 * @param of  whose options they are, for the message: "compare"
 * @throws InvalidInput with the nearest name
 */
export function requireKnownOptions<Options extends object>(
  options: Options,
  names: OptionNames<Options>,
  of: string,
): void {
  if (typeof options !== "object" || options === null)
    throw new DriftwardError("InvalidInput", `expected an object of options of ${of}, got ${String(options)}`);
  const known = Object.keys(names);
  const strange = Object.keys(options).find((name) => !known.includes(name));
  if (strange === undefined) return;
  const hint = suggestName(strange, known);
  throw new DriftwardError("InvalidInput", `expected options of ${of}, got "${strange}"`, {
    ...(hint === undefined ? {} : { hint }),
  });
}
