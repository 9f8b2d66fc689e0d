import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { hasPlace, isDueAgain, mostADay } from "../../../src/core/incident/cadence.ts";

const hour = 3_600_000;
const at = (hours: number) => new Date(Date.UTC(2026, 5, 1) + hours * hour);

describe("again", () => {
  test.each([
    [[], 0, true],
    [[0], 23, false],
    [[0], 24, true],
    [[0, 24], 47, false],
    [[24, 0], 48, true],
  ])("told at hours %j, now %i: %s", (told, now, due) => {
    expect(isDueAgain(told.map(at), at(now), 24 * hour)).toBe(due);
  });

  test("a check that is decided a little earlier than the day before is not an hour late", () => {
    expect(isDueAgain([at(0)], new Date(at(24).getTime() - 60_000), 24 * hour)).toBe(true);
    expect(isDueAgain([at(0)], new Date(at(0).getTime() + 20_000), 60_000)).toBe(false);
  });
});

test("whatever is to be said, nobody hears more than four in 24 hours, and hears the end of what they heard of", () => {
  const events = fc.array(fc.tuple(fc.nat({ max: 12 * 60 }), fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(events, (steps) => {
      const spoken: Date[] = [];
      let minutes = 0;
      let open = false;
      let heard = false;
      for (const [after, holds] of steps) {
        minutes += after;
        const now = at(minutes / 60);
        const kind = holds ? (open ? "repeated" : "opened") : "resolved";
        if (!holds && !open) continue;
        const place = hasPlace(kind, spoken, now);
        if (kind === "resolved" && heard) expect(place).toBe(true);
        if (place && (kind !== "resolved" || heard)) spoken.push(now);
        heard = holds ? heard || place : false;
        open = holds;
        const day = spoken.filter((one) => now.getTime() - one.getTime() < 24 * hour);
        expect(day.length).toBeLessThanOrEqual(mostADay);
      }
    }),
    { numRuns: 500 },
  );
});
