import { DriftwardError } from "../errors.ts";

/**
 * JSON text with one spelling for one value: names sorted by UTF-16 unit, no blanks, numbers as ECMAScript writes them.
 *
 * @param value  null, booleans, finite numbers, strings, arrays and plain objects of these; names whose value is
 *               undefined are left out
 * @throws  InvalidInput for anything else (NaN, dates, functions, bigints): what cannot be read back must not be hashed
 * @see     RFC 8785, JSON Canonicalization Scheme
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (isPlainObject(value)) return `{${members(value).join(",")}}`;
  throw new DriftwardError("InvalidInput", `expected a value that JSON can hold, got ${describe(value)}`);
}

function members(value: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "object" ? (value?.constructor?.name ?? "an object") : typeof value;
}
