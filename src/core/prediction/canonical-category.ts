/**
 * A category as it is compared: empty text is missing, booleans in any case are `true` and `false`, and `3.0` is `3`.
 * Formats write the same value in these ways; the log itself keeps it as it came.
 *
 * @returns undefined when it is missing
 */
export function canonicalCategory(text: string): string | undefined {
  if (text === "") return undefined;
  if (text.length <= 5 && /^(true|false)$/i.test(text)) return text.toLowerCase();
  const whole = /^(-?\d{1,15})\.0+$/.exec(text)?.[1];
  return whole === "-0" ? "0" : (whole ?? text);
}
