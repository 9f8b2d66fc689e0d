import type { FeatureKind } from "./contract.ts";

const numericText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const infiniteText = /^([+-]?)inf(inity)?$/i;
const booleanText = /^(true|false)$/i;

/**
 * Missing: nothing there, NaN, or (in a format without types) an empty field. Blanks and the text NaN are missing where
 * numbers are expected, and are categories like any other elsewhere.
 */
export function isMissing(value: unknown, textual: boolean, kind: FeatureKind): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === "number") return Number.isNaN(value);
  if (!textual || typeof value !== "string") return false;
  return value === "" || (kind === "numeric" && /^\s*(nan)?\s*$/i.test(value));
}

/**
 * A value as a number: numbers, integers of any size, booleans as 1 and 0. In a format without types (CSV) also their
 * text; elsewhere "1" is a text and no number, so that a change of type is seen.
 *
 * @returns undefined when the value is no number; ±Infinity is one, -0 comes back as 0
 */
export function readNumber(value: unknown, textual: boolean): number | undefined {
  switch (typeof value) {
    case "number":
      return Number.isNaN(value) ? undefined : value + 0;
    case "bigint":
      return Number(value);
    case "boolean":
      return value ? 1 : 0;
    case "string":
      return textual ? numberFromText(value.trim()) : undefined;
    default:
      return undefined;
  }
}

/**
 * A number as people write it with a comma: before the decimals (0,5 or 1.234,5), or between thousands where a point stands
 * before the decimals (1,234.5). In a notation that DuckDB reads as JavaScript does; the whole text, without blanks.
 */
export const numberWithComma = "[+-]?[0-9]{1,3}([.]?[0-9]{3})*,[0-9]+|[+-]?[0-9]{1,3}(,[0-9]{3})+[.][0-9]+";

const withComma = new RegExp(`^(?:${numberWithComma})$`);

/** Whether a text would be a number if it had no comma: 0,5 or 1.234,5 or 1,234.5. */
export function hasComma(value: unknown): boolean {
  return typeof value === "string" && withComma.test(value.trim());
}

function numberFromText(text: string): number | undefined {
  if (numericText.test(text)) return Number(text) + 0;
  const [infinite, sign] = infiniteText.exec(text) ?? [];
  if (infinite !== undefined) return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const [, boolean] = booleanText.exec(text) ?? [];
  return boolean === undefined ? undefined : Number(boolean.toLowerCase() === "true");
}
