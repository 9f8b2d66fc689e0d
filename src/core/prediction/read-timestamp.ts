import { quote, type Read } from "./read-id.ts";

/** What a number as a timestamp counts since 1970. */
export type EpochUnit = "s" | "ms" | "us";

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?)?$/i;
const numberText = /^-?\d+(\.\d+)?$/;
const perUnit: Readonly<Record<EpochUnit, number>> = { s: 1_000, ms: 1, us: 1 / 1_000 };

/**
 * A timestamp as an instant, to the millisecond (finer parts are cut off): ISO 8601 with a zone, or without one in
 * UTC; a Date; or a number since 1970 in the unit that was declared for the whole file.
 *
 * @param epoch  the unit of numbers; without one, numbers are no timestamps
 */
export function readTimestamp(value: unknown, textual: boolean, epoch: EpochUnit | undefined): Read<Date> {
  if (value === undefined || value === null || value === "") return { problem: "is missing" };
  if (value instanceof Date) return checked(value.getTime(), value);
  const number = epochNumber(value, textual);
  if (number !== undefined) {
    if (epoch === undefined) return { problem: `${quote(value)} is a number of unknown unit (declare s, ms or us)` };
    return checked(Math.floor(number * perUnit[epoch]), value);
  }
  if (typeof value !== "string") return { problem: `${quote(value)} is not ISO 8601` };
  return fromText(value.trim());
}

/** A number that stands for a time, or undefined: how a file's unit is found before its rows are read. */
export function epochNumber(value: unknown, textual: boolean): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return textual && typeof value === "string" && numberText.test(value.trim()) ? Number(value) : undefined;
}

/**
 * The unit whose instant lies between 1973 and 5138. These ranges do not overlap, so a number has at most one.
 */
export function unitByMagnitude(value: number): EpochUnit | undefined {
  if (value >= 1e8 && value < 1e11) return "s";
  if (value >= 1e11 && value < 1e14) return "ms";
  return value >= 1e14 && value < 1e17 ? "us" : undefined;
}

function checked(milliseconds: number, value: unknown): Read<Date> {
  const at = new Date(milliseconds);
  const year = at.getUTCFullYear();
  if (!(year >= 1970 && year <= 9999)) return { problem: `${quote(value)} is not between 1970 and 9999` };
  return { value: at };
}

function fromText(text: string): Read<Date> {
  const match = iso.exec(text);
  const wrong = { problem: `${quote(text)} is not ISO 8601 (2026-01-31T08:00:00Z)` };
  if (match === null) return wrong;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return wrong;
  const milliseconds = Number((match[7] ?? "").padEnd(3, "0").slice(0, 3));
  const local = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  // Date.UTC carries the 31st of February over into March, and reads years below 100 as 19xx.
  const back = new Date(local);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day || back.getUTCFullYear() !== year) return wrong;
  const offset = offsetMinutes(match[8]);
  return offset === undefined ? wrong : checked(local - offset * 60_000, text);
}

function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone.toUpperCase() === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || 0);
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
