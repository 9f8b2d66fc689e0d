/**
 * A category as it is compared, from its text in whatever format the file has: undefined is missing.
 *
 * Empty text is missing (CSV cannot tell the two apart). `True`, `TRUE` are `true`: Python writes booleans so. `3.0` is
 * `3`: a data frame turns whole numbers into floats as soon as one is missing. Both sides of a comparison pass here.
 */
export function canonicalCategory(text: string | null): string | undefined {
  if (text === null || text === "") return undefined;
  if (text.length <= 5 && /^(true|false)$/i.test(text)) return text.toLowerCase();
  const whole = /^(-?\d{1,15})\.0+$/.exec(text)?.[1];
  return whole === "-0" ? "0" : (whole ?? text);
}
