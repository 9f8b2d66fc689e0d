/** A value that the baseline has not, and how many rows of the window have it. */
export interface UnseenValue {
  readonly value: string;
  readonly rows: number;
}

/** Share of rows from which a new value is named on its own. */
const frequent = 0.02;

/**
 * Values that the baseline has not, in words: `new value: fog, 12 %` for each that many rows have, or
 * `new values such as a, b, c: 12 % together` where each is rare.
 *
 * @param unseen    the most frequent first, at least one
 * @param rows      of the window that have a value
 * @param together  share of the window's values that are new
 */
export function nameNewValues(unseen: readonly UnseenValue[], rows: number, together: number): readonly string[] {
  const many = unseen.filter((one) => one.rows >= frequent * rows).slice(0, 3);
  if (many.length > 0) return many.map((one) => `new value: ${one.value}, ${percent(one.rows / rows)}`);
  const few = unseen.slice(0, 3).map(({ value }) => value);
  return [`new value${few.length === 1 ? "" : "s"} such as ${few.join(", ")}: ${percent(together)} together`];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`;
}
