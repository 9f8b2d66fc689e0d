import { plainText } from "./plain-text.ts";

/** Signs that Markdown or HTML would read as their own inside of a line; `|` ends the cell of a table. */
const signs = /[\\`*_[\]<>|~&$]/g;

/** A text from outside as plain words in Markdown, in a table too: it formats, links and mentions nothing. */
export function markdownText(value: string): string {
  return defuse(plainText(value)).replaceAll(signs, "\\$&");
}

/** A name from outside as code: nothing in it is read. Safe in a table. */
export function markdownCode(value: string): string {
  const name = plainText(value).trim() || "·";
  const longest = Math.max(0, ...[...name.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const padding = name.startsWith("`") || name.endsWith("`") ? " " : "";
  return `${fence}${padding}${name.replaceAll("|", "\\|")}${padding}${fence}`;
}

/** Hosts of Markdown turn @names, #numbers and addresses into links by themselves; a space without width stops them. */
function defuse(value: string): string {
  return value.replaceAll(/[@#](?=\w)|(?<=https?|ftp):(?=\/\/)|(?<=\bwww)\./gi, "$&\u200b");
}
