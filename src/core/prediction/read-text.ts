/**
 * A value as a category: text as it stands, numbers and booleans in their shortest form (2 and 2.0 are "2"), times as
 * ISO 8601.
 *
 * @returns undefined when the value is a list, a structure or bytes
 */
export function readText(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return replaceLoneSurrogates(value);
    case "number":
      return String(value + 0);
    case "bigint":
    case "boolean":
      return String(value);
    default:
      return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
  }
}

/** As UTF-8 would: a lone surrogate becomes U+FFFD. */
function replaceLoneSurrogates(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\u{FFFD}");
}
