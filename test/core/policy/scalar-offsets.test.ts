import { expect, test } from "@jest/globals";
import { isMap, isScalar, parseDocument } from "yaml";
import { scalarOffsets } from "../../../src/core/policy/scalar-offsets.ts";

/** What of the file each character of the value `a:` stands on. */
function seen(source: string): string {
  const { contents } = parseDocument(source);
  const node = isMap(contents) ? contents.items[0]?.value : undefined;
  if (!isScalar(node)) throw new Error("no scalar");
  const offsets = scalarOffsets(source, node.range?.[0] ?? 0, String(node.value));
  return [...offsets.slice(0, -1)].map((offset) => source[offset]).join("");
}

test.each([
  ["plain", "a: x > y", "x > y"],
  ["double quotes", 'a: "x > y"', "x > y"],
  ["escapes", 'a: "x(\\"q\\") \\u0041z"', "x(\\q\\) \\z"],
  ["single quotes", "a: 'x(''q'') z'", "x('q') z"],
  ["several lines", "a: x >\n   y\n   z", "x > y z"],
  ["a literal block", "a: |\n  x >\n    y\n", "x >\ny\n"],
  ["a folded block with a mark", "a: >-\n  x >\n  y", "x > y"],
  ["Windows' line ends", "a: x >\r\n   y", "x > y"],
])("%s", (_, source, expected) => {
  const plain = (text: string) => text.replaceAll(/\s+/g, " ");
  expect(plain(seen(source))).toBe(plain(expected));
});
