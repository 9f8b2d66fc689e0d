import { DriftwardError } from "../core/errors.ts";

/**
 * Reads a day or an instant of an option, in UTC where it names no zone.
 *
 * @throws InvalidInput when it is neither
 */
export function readTime(option: string, text: string): Date {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  const zoned = match === null || match[2] !== undefined || !text.includes("T") ? text : `${text}Z`;
  const time = new Date(match === null ? Number.NaN : zoned);
  // 30 February would be a day of March.
  const real = !Number.isNaN(time.getTime()) && new Date(match?.[1] ?? "").toISOString().startsWith(match?.[1] ?? "?");
  if (real) return time;
  throw new DriftwardError(
    "InvalidInput",
    `expected ${option} with a day or a time such as 2024-06-30 or 2024-06-30T12:00Z, got "${text}"`,
  );
}
