import { hasControlCharacter, hasLoneSurrogate } from "./column-names.ts";

const longestId = 500;

/** A value that was read, or why it cannot be used ("is missing", "is no …"). */
export type Read<Value> = { readonly value: Value } | { readonly problem: string };

/**
 * An id or a version: text, or a whole number that is exact.
 *
 * Whole numbers above 2^53 in JSON have lost digits before they come here: two ids would become one.
 */
export function readId(value: unknown): Read<string> {
  if (value === undefined || value === null) return { problem: "is missing" };
  if (typeof value === "bigint") return { value: String(value) };
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return { value: String(value + 0) };
    return { problem: `${value} is no exact whole number; write it as text` };
  }
  if (typeof value !== "string") return { problem: "is neither text nor a whole number" };
  if (value === "") return { problem: "is missing" };
  if (value.length > longestId) return { problem: `has ${value.length} characters, more than ${longestId}` };
  if (hasControlCharacter(value)) return { problem: `${quote(value)} has a control character` };
  if (hasLoneSurrogate(value)) return { problem: `${quote(value)} is no valid Unicode` };
  return { value };
}

/** A value as messages show it: short, on one line. */
export function quote(value: unknown): string {
  const text = typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…${text.startsWith('"') ? '"' : ""}` : text;
}
