import type { Place } from "../errors.ts";

/** A mistake in a policy file (`error`), or something that is allowed and looks like a slip (`hint`). */
export interface PolicyProblem {
  readonly place: Place;
  readonly message: string;
  /** The next step. */
  readonly hint?: string;
  readonly severity: "error" | "hint";
}

export function errorAt(place: Place, message: string, hint?: string): PolicyProblem {
  return { place, message, severity: "error", ...(hint === undefined ? {} : { hint }) };
}

export function hintAt(place: Place, message: string, hint?: string): PolicyProblem {
  return { place, message, severity: "hint", ...(hint === undefined ? {} : { hint }) };
}

/** By file, line and column; the same problem once. */
export function inOrder(problems: readonly PolicyProblem[]): readonly PolicyProblem[] {
  const unique = new Map(problems.map((one) => [JSON.stringify([one.place, one.message]), one]));
  const byFile = (a: PolicyProblem, b: PolicyProblem) =>
    a.place.file < b.place.file ? -1 : a.place.file > b.place.file ? 1 : 0;
  return [...unique.values()].sort(
    (a, b) =>
      byFile(a, b) || (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0),
  );
}
