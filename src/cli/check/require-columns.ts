import { DriftwardError } from "../../core/errors.ts";
import { nearestName } from "../../core/nearest-name.ts";
import type { CountEngine, DataFiles } from "../../ports/count-engine.ts";

/**
 * Makes sure that the columns a person called sensitive are there: a slip in such a name would show what it is to hide.
 *
 * @throws InvalidInput when neither side has one of them
 */
export async function requireSensitiveColumns(
  engine: CountEngine,
  sides: readonly DataFiles[],
  sensitive: readonly string[],
): Promise<void> {
  if (sensitive.length === 0) return;
  const known = new Set<string>();
  for (const side of sides) for (const column of (await engine.describe(side)).columns) known.add(column.name);
  const unknown = sensitive.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, [...known]);
  throw new DriftwardError("InvalidInput", `expected --sensitive to name columns of the files, got "${unknown}"`, {
    hint: nearest === undefined ? `the files have ${[...known].slice(0, 12).join(", ")}` : `did you mean ${nearest}?`,
  });
}
