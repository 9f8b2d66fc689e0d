import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type EpochUnit, readTimestamp, unitByMagnitude } from "../../../src/core/prediction/read-timestamp.ts";

function instant(value: unknown, epoch?: EpochUnit, textual = false): string {
  const read = readTimestamp(value, textual, epoch);
  return "value" in read ? read.value.toISOString() : read.problem;
}

describe("texts", () => {
  test.each([
    ["2026-01-31T08:00:00Z", "2026-01-31T08:00:00.000Z"],
    ["2026-01-31T08:00:00", "2026-01-31T08:00:00.000Z"],
    ["2026-01-31 08:00", "2026-01-31T08:00:00.000Z"],
    ["2026-01-31", "2026-01-31T00:00:00.000Z"],
    ["2026-01-31T08:00:00+02:00", "2026-01-31T06:00:00.000Z"],
    ["2026-01-31T08:00:00-0530", "2026-01-31T13:30:00.000Z"],
    ["2026-01-31T08:00:00+01", "2026-01-31T07:00:00.000Z"],
    ["2026-01-31 08:00:00.123456789 Z", "2026-01-31T08:00:00.123Z"],
    ["2026-01-31T08:00:00,9Z", "2026-01-31T08:00:00.900Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    [" 2026-01-31 ", "2026-01-31T00:00:00.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(instant(text)).toBe(expected);
  });

  test.each([
    "yesterday",
    "2026-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-01-31T24:00:00Z",
    "2026-01-31T08:60:00Z",
    "2026-01-31T08:00:60Z",
    "2026-01-31T08:00:00+15:00",
    "31/01/2026",
    "2026-1-3",
    "20260131",
    "2026-01-31T08:00:00Z; drop table",
    "0099-01-01",
  ])("%s is refused", (text) => {
    expect(instant(text)).toMatch(/is not ISO 8601|is not between 1970 and 9999/);
  });

  test("says what was there", () => {
    expect(instant("yesterday")).toBe('"yesterday" is not ISO 8601 (2026-01-31T08:00:00Z)');
    expect(instant("1969-12-31")).toBe('"1969-12-31" is not between 1970 and 9999');
    expect(instant(undefined)).toBe("is missing");
    expect(instant("")).toBe("is missing");
    expect(instant({ a: 1 })).toBe('{"a":1} is not ISO 8601');
    expect(instant(new Date(Number.NaN))).toMatch("is not between 1970 and 9999");
  });
});

describe("numbers", () => {
  test("are times only in a declared unit", () => {
    expect(instant(1_769_846_400)).toBe("1769846400 is a number of unknown unit (declare s, ms or us)");
    expect(instant(1_769_846_400, "s")).toBe("2026-01-31T08:00:00.000Z");
    expect(instant(1_769_846_400.5, "s")).toBe("2026-01-31T08:00:00.500Z");
    expect(instant(1_769_846_400_000, "ms")).toBe("2026-01-31T08:00:00.000Z");
    expect(instant(1_769_846_400_000_123n, "us")).toBe("2026-01-31T08:00:00.000Z");
  });

  test("are their text in a format without types, and only there", () => {
    expect(instant("1769846400", "s", true)).toBe("2026-01-31T08:00:00.000Z");
    expect(instant("1769846400", "s", false)).toMatch("is not ISO 8601");
  });

  test.each([Number.POSITIVE_INFINITY, -1, 1e300])("%p is out of reach", (value) => {
    expect(instant(value, "s")).toMatch("is not between 1970 and 9999");
  });

  test("have at most one unit whose instant lies between 1973 and 5138", () => {
    expect([1.7e9, 1.7e12, 1.7e15, 5, -1.7e9, Number.NaN].map(unitByMagnitude)).toEqual([
      "s",
      "ms",
      "us",
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test("reads back every instant that ISO 8601 can write", () =>
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date("9999-12-31T00:00:00Z"), noInvalidDate: true }),
      fc.integer({ min: -14 * 60, max: 14 * 60 }),
      (at, offset) => {
        const shifted = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, -1);
        if (shifted.startsWith("+") || shifted.startsWith("-")) return;
        const sign = offset < 0 ? "-" : "+";
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = `${sign}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
        expect(instant(at.toISOString())).toBe(at.toISOString());
        expect(instant(shifted + zone)).toBe(at.toISOString());
      },
    ),
  ));
