/** Edits (insert, delete, replace, swap of neighbours) that turn one word into another. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced, swapped));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

/**
 * The known name that a mistyped one most likely meant; undefined when none is close.
 *
 * Case, `_` and `-` do not count; otherwise a third of the letters may differ. Names over 64 letters are not guessed.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  if (wanted.length === 0 || wanted.length > 64) return undefined;
  let best: { readonly name: string; readonly score: number } | undefined;
  for (const candidate of known) {
    const other = plain(candidate);
    if (Math.abs(other.length - wanted.length) > 4 || other.length > 64) continue;
    const found = distance(wanted, other);
    // Of equally near names the one that was only begun.
    const score = other.startsWith(wanted) ? found - 0.5 : found;
    if (found <= Math.max(1, Math.floor(wanted.length / 3)) && (best === undefined || score < best.score))
      best = { name: candidate, score };
  }
  return best?.name;
}

/** `did you mean "x"?` when a name is close, otherwise the names there are (at most twelve). */
export function suggestName(name: string, known: readonly string[]): string | undefined {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  if (known.length === 0) return undefined;
  return `known here: ${known.slice(0, 12).join(", ")}${known.length > 12 ? ", …" : ""}`;
}
