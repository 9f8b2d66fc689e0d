import { DriftwardError } from "../errors.ts";
import type { FeatureKind } from "./contract.ts";
import type { RowSchema } from "./prediction.ts";
import { isMissing, readNumber } from "./read-number.ts";

/** How many numbers and how many other values a column showed; missing ones do not count. */
export interface KindVotes {
  readonly numbers: number;
  readonly others: number;
}

/** What one value says of its column's kind; undefined when it is missing. */
export function voteKind(value: unknown, textual: boolean): FeatureKind | undefined {
  if (isMissing(value, textual, "numeric")) return undefined;
  return readNumber(value, textual) === undefined ? "categorical" : "numeric";
}

/** Numeric when all values are numbers, categorical otherwise; undefined while there was none. */
export function kindOf(votes: KindVotes): FeatureKind | undefined {
  if (votes.others > 0) return "categorical";
  return votes.numbers > 0 ? "numeric" : undefined;
}

/**
 * The kinds of a model's features after a file: those it had stay, new columns get theirs from the file's values, and
 * columns that showed no value wait for a later file. The key `prediction` is the kind of its predictions and labels.
 *
 * @param known  the model's kinds, frozen at first sight
 * @throws InvalidData when a new name differs only in case from one that is known
 */
export function mergeKinds(
  known: ReadonlyMap<string, FeatureKind>,
  votes: ReadonlyMap<string, KindVotes>,
  file: string,
): ReadonlyMap<string, FeatureKind> {
  const merged = new Map(known);
  const plain = new Map([...known.keys()].map((name) => [name.toLowerCase(), name]));
  for (const [name, seen] of votes) {
    const same = plain.get(name.toLowerCase());
    if (same !== undefined && same !== name)
      throw new DriftwardError("InvalidData", `${file}: column "${name}" differs only in case from "${same}"`, {
        hint: `the model has the feature "${same}" already: rename the column to it`,
        place: { file },
      });
    const kind = kindOf(seen);
    if (kind !== undefined && !merged.has(name)) merged.set(name, kind);
  }
  return merged;
}

/** The schema of rows that have these kinds and scores. A model whose predictions are unknown yet counts as numeric. */
export function rowSchema(kinds: ReadonlyMap<string, FeatureKind>, scores: readonly string[]): RowSchema {
  const features = [...kinds].flatMap(([name, kind]) => (name === "prediction" ? [] : [{ name, kind }]));
  return {
    prediction: kinds.get("prediction") ?? "numeric",
    scores: [...scores].sort(),
    features: features.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
