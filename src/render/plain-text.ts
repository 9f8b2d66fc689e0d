/** Characters that move, hide or break text: controls, line and paragraph separators, bidi marks, zero-width ones. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

const longest = 200;

/** A text from outside as one line of visible text. */
export function visibleText(value: string): string {
  return value.replace(invisible, "\u00b7").toWellFormed();
}

/** A name from outside as one line of visible text, cut at 200 characters; safe in headers, terminals and tables. */
export function plainText(value: string): string {
  const visible = visibleText(value);
  return visible.length <= longest ? visible : `${visible.slice(0, longest - 1).toWellFormed()}…`;
}
