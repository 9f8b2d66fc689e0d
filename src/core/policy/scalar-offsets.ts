const isBlank = (character: string | undefined): boolean => character !== undefined && /\s/.test(character);

/** Length of the escape sequence at `at` in a double-quoted scalar. */
function escapeLength(source: string, at: number): number {
  const lengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };
  return lengths[source[at + 1] ?? ""] ?? 2;
}

/**
 * Where each character of a scalar's text stands in the file: folding, indentation, quotes and escapes are seen
 * through, so that an error inside a condition points at the character a person typed.
 *
 * @param source  the file
 * @param start   offset of the scalar's first character (its quote or block mark included)
 * @param text    the text that YAML read
 * @returns text.length + 1 offsets, never decreasing; the last is the end
 */
export function scalarOffsets(source: string, start: number, text: string): readonly number[] {
  const opening = source[start];
  const quoted = opening === '"' || opening === "'";
  const block = opening === "|" || opening === ">";
  let at = quoted ? start + 1 : start;
  if (block) at = source.indexOf("\n", start) + 1;
  const offsets: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const wanted = text[index];
    if (isBlank(wanted)) {
      offsets.push(at);
      // A run of blanks in the text stands for a run of blanks in the file, however long each is.
      if (!isBlank(text[index + 1])) while (isBlank(source[at])) at += 1;
      continue;
    }
    while (isBlank(source[at])) at += 1;
    offsets.push(at);
    if (opening === '"' && source[at] === "\\") at += escapeLength(source, at);
    else at += opening === "'" && source[at] === "'" ? 2 : 1;
  }
  offsets.push(at);
  return offsets;
}
