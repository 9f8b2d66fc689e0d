import { describe, expect, test } from "@jest/globals";
import { maintenanceAt, type Silence, silenceOf } from "../../../src/core/incident/silence.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 5, 1, hour));
const silence = (number: number, more: Partial<Silence> = {}): Silence => ({
  ...{ number, rule: undefined, segment: undefined, reason: "backfill", startsAt: at(1), endsAt: at(5) },
  ...more,
});
const incident = { rule: "inputs drifted", segment: "NL" };

test.each([
  ["before it begins", at(0), undefined],
  ["from its first instant", at(1), "silence 1: backfill"],
  ["to its last", new Date(at(5).getTime() - 1), "silence 1: backfill"],
  ["not at its end", at(5), undefined],
])("%s", (_, now, said) => {
  expect(silenceOf([silence(1)], incident, now)).toBe(said);
});

test.each([
  [{ rule: "inputs drifted" }, true],
  [{ rule: "performance dropped" }, false],
  [{ segment: "NL" }, true],
  [{ segment: "" }, false],
  [{ rule: "inputs drifted", segment: "DE" }, false],
])("one of %j", (more, mutes) => {
  expect(silenceOf([silence(1, more)], incident, at(2)) !== undefined).toBe(mutes);
});

test("of several, the one that lasts longest is named", () => {
  const several = [silence(1), silence(2, { endsAt: at(9), reason: "move" }), silence(3, { rule: "other" })];
  expect(silenceOf(several, incident, at(2))).toBe("silence 2: move");
});

describe("maintenance that comes back", () => {
  const every = (
    weekdays: readonly number[],
    fromMinute: number,
    toMinute: number,
    timezone = "Europe/Berlin",
  ): Parameters<typeof maintenanceAt>[0] => [{ weekdays, fromMinute, toMinute, timezone, reason: "backfill" }];
  const sundays = every([0], 120, 240);
  const nights = every([5, 6], 1_320, 120);

  test.each([
    // In Berlin it is two hours later in summer, one in winter.
    ["2026-07-04T23:59:59Z", sundays, false],
    ["2026-07-05T00:00:00Z", sundays, true],
    ["2026-07-05T01:59:59Z", sundays, true],
    ["2026-07-05T02:00:00Z", sundays, false],
    ["2026-07-06T00:30:00Z", sundays, false],
    ["2026-01-04T01:00:00Z", sundays, true],
    ["2026-01-04T00:59:59Z", sundays, false],
    // 29 March has no hour from two to three; 25 October has it twice.
    ["2026-03-29T00:59:59Z", sundays, false],
    ["2026-03-29T01:00:00Z", sundays, true],
    ["2026-03-29T02:00:00Z", sundays, false],
    ["2026-10-25T00:00:00Z", sundays, true],
    ["2026-10-25T01:30:00Z", sundays, true],
    ["2026-10-25T03:00:00Z", sundays, false],
    // Friday and Saturday from ten to two: the end is of the next day.
    ["2026-07-03T19:59:59Z", nights, false],
    ["2026-07-03T20:00:00Z", nights, true],
    ["2026-07-04T23:59:59Z", nights, true],
    ["2026-07-05T00:00:00Z", nights, false],
    ["2026-07-02T23:00:00Z", nights, false],
    // A whole day.
    ["2026-07-05T00:00:00Z", every([0], 0, 0, "UTC"), true],
    ["2026-07-05T23:59:59Z", every([0], 0, 0, "UTC"), true],
    ["2026-07-06T00:00:00Z", every([0], 0, 0, "UTC"), false],
    ["2026-07-04T23:59:59Z", every([0], 0, 0, "UTC"), false],
  ])("%s", (at, planned, mutes) => {
    expect(maintenanceAt(planned, new Date(at)) !== undefined).toBe(mutes);
  });

  test("says until when and why", () => {
    expect(maintenanceAt(sundays, new Date("2026-07-05T00:00:00Z"))).toBe(
      "maintenance until 04:00 (Europe/Berlin): backfill",
    );
  });
});
