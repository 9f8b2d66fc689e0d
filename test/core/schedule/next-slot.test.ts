import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { nextSlotAfter, nextSlotFrom, slotsBetween } from "../../../src/core/schedule/next-slot.ts";

const hour = 3_600_000;
const iso = (slots: Iterable<Date>): string[] => [...slots].map((slot) => slot.toISOString().replace(":00.000Z", "Z"));
const between = (schedule: Parameters<typeof slotsBetween>[0], from: string, to: string): string[] =>
  iso(slotsBetween(schedule, new Date(from), new Date(to)));

describe("every so many ms", () => {
  test("slots are the multiples since 1970, strictly after", () => {
    const schedule = { everyMs: hour };
    expect(nextSlotAfter(schedule, new Date("2026-03-01T10:20:00Z"))).toEqual(new Date("2026-03-01T11:00:00Z"));
    expect(nextSlotAfter(schedule, new Date("2026-03-01T11:00:00Z"))).toEqual(new Date("2026-03-01T12:00:00Z"));
    expect(nextSlotFrom(schedule, new Date("2026-03-01T11:00:00Z"))).toEqual(new Date("2026-03-01T11:00:00Z"));
  });
  test("both ends count", () => {
    expect(between({ everyMs: hour }, "2026-03-01T11:00:00Z", "2026-03-01T13:00:00Z")).toEqual([
      "2026-03-01T11:00Z",
      "2026-03-01T12:00Z",
      "2026-03-01T13:00Z",
    ]);
  });
  test("an instant before 1970 rounds down too", () => {
    expect(nextSlotAfter({ everyMs: hour }, new Date(-1))).toEqual(new Date(0));
  });
  test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses a span of %p", (everyMs) => {
    expect(() => nextSlotAfter({ everyMs }, new Date(0))).toThrow(/expected a schedule of whole milliseconds/);
  });
  test("walking slot by slot gives the same slots from any start", () => {
    const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(time, fc.integer({ min: 1, max: 100_000_000 }), (at, everyMs) => {
        const next = nextSlotAfter({ everyMs }, new Date(at))?.getTime() ?? Number.NaN;
        expect(next % everyMs).toBe(0);
        expect(next).toBeGreaterThan(at);
        expect(next - everyMs).toBeLessThanOrEqual(at);
      }),
      { numRuns: 200 },
    );
  });
});

describe("cron over daylight saving in Amsterdam", () => {
  const timezone = "Europe/Amsterdam";

  test("a day's slot keeps its local hour when February becomes summer", () => {
    expect(between({ cron: "0 6 * * *", timezone }, "2026-02-28T00:00:00Z", "2026-03-01T12:00:00Z")).toEqual([
      "2026-02-28T05:00Z",
      "2026-03-01T05:00Z",
    ]);
    expect(between({ cron: "0 6 * * *", timezone }, "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z")).toEqual([
      "2026-03-28T05:00Z",
      "2026-03-29T04:00Z",
      "2026-03-30T04:00Z",
    ]);
  });
  test("a local time that the spring night skips runs at the end of the gap, once", () => {
    expect(between({ cron: "30 2 * * *", timezone }, "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z")).toEqual([
      "2026-03-29T01:00Z",
      "2026-03-30T00:30Z",
    ]);
  });
  test("a local time that the autumn night has twice runs once", () => {
    expect(between({ cron: "30 2 * * *", timezone }, "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z")).toEqual([
      "2026-10-25T00:30Z",
      "2026-10-26T01:30Z",
    ]);
  });
  test("hourly slots: 23 on the spring day, 25 on the autumn day, one hour apart", () => {
    const spring = between({ cron: "0 * * * *", timezone }, "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z");
    const autumn = between({ cron: "0 * * * *", timezone }, "2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z");
    expect(spring).toHaveLength(23);
    expect(autumn).toHaveLength(25);
    const hours = (day: readonly string[]) => day.map((slot) => (Date.parse(slot) - Date.parse(day[0] ?? "")) / hour);
    expect(hours(spring)).toEqual([...spring.keys()]);
    expect(hours(autumn)).toEqual([...autumn.keys()]);
  });
  test("every slot is given once, wherever the walk begins", () => {
    const schedule = { cron: "*/20 * * * *", timezone };
    const night = between(schedule, "2026-10-24T22:00:00Z", "2026-10-25T04:00:00Z");
    expect(new Set(night).size).toBe(night.length);
    for (const start of night)
      expect(between(schedule, start, "2026-10-25T04:00:00Z")).toEqual(night.slice(night.indexOf(start)));
  });
  test("an expression that never comes up has no slot", () => {
    expect(nextSlotAfter({ cron: "0 6 30 2 *", timezone }, new Date("2026-01-01T00:00:00Z"))).toBeUndefined();
  });
  test("refuses an unknown zone and a bad expression, saying which", () => {
    const from = new Date(0);
    expect(() => nextSlotAfter({ cron: "0 6 * * *", timezone: "Mars/Olympus" }, from)).toThrow(/time zone.*Mars/);
    expect(() => nextSlotAfter({ cron: "at six", timezone }, from)).toThrow(/cron expression.*at six/);
  });
});
