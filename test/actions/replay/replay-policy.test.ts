import { describe, expect, test } from "@jest/globals";
import { replayPolicy } from "../../../src/actions/replay/replay-policy.ts";
import { hourlyPolicy, manyHours, start } from "./many-hours.ts";

const day = 86_400_000;
const daysOn = (days: number) => new Date(start.getTime() + days * day);

describe("a replay from stored counts", () => {
  test("ten days of hourly checks of fifty features are one check an hour, and quiet where nothing changed", async () => {
    const { past, ports } = manyHours({ features: 50, hours: 11 * 24, rowsAnHour: 100 });
    const { replay } = await replayPolicy(ports, past, {
      policy: hourlyPolicy(),
      from: daysOn(1),
      to: daysOn(11),
      hindsight: false,
    });
    expect(replay.checks).toHaveLength(10 * 24 + 1);
    expect(replay.incidents).toEqual([]);
  });

  test("an incident opens when its rule has held for its time, and mails its owners", async () => {
    const { past, ports } = manyHours({ features: 6, hours: 20 * 24, rowsAnHour: 60, shiftAt: 10 * 24 });
    const request = { policy: hourlyPolicy(), from: daysOn(2), to: daysOn(20), hindsight: false };
    const { replay } = await replayPolicy(ports, past, request);
    const [incident, ...others] = replay.incidents;
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      rule: "inputs drifted",
      severity: "warning",
      resolvedAt: undefined,
      before: false,
    });
    // It holds within the first day after the shift, and windows of two days must have held.
    expect(incident?.openedSlot.getTime()).toBeGreaterThan(daysOn(11).getTime());
    expect(incident?.openedSlot.getTime()).toBeLessThanOrEqual(daysOn(12).getTime());
    const [first, ...repeated] = replay.mails;
    expect([first]).toEqual([
      {
        at: incident?.openedAt,
        about: "incident",
        kind: "opened",
        rule: "inputs drifted",
        recipients: ["a@example.com"],
      },
    ]);
    // Once a day from then on, because nobody takes it on.
    expect(repeated.map(({ kind, at }) => [kind, at])).toEqual(
      repeated.map((_, day) => ["repeated", new Date((first?.at.getTime() ?? 0) + (day + 1) * 86_400_000)]),
    );
    expect(repeated.length).toBeGreaterThanOrEqual(8);
  });

  test.each([
    ["a rule of shares", ""],
    ["a rule that asks for p", 'drift.feature("x0").p < 0.01'],
    ["a rule that asks for a statistic", 'drift.feature("x0").psi > 0.01 && drift.feature("x0").drifted'],
  ])("%s: whoever is shown the checks gets the same replay as whoever is not", async (_, when) => {
    const { past, ports } = manyHours({ features: 3, hours: 8 * 24, rowsAnHour: 40, shiftAt: 3 * 24 });
    const rule = when === "" ? "" : `  - { name: own, when: '${when}', for: 2h, severity: critical, do: [notify] }\n`;
    const request = { policy: hourlyPolicy(rule), from: daysOn(1), to: daysOn(8), hindsight: false };
    const told: boolean[] = [];
    const shown = await replayPolicy(ports, past, {
      ...request,
      onCheck: (_row, { findings }) => {
        told.push(findings.every(({ evidence, pValue }) => evidence.labels.length > 0 && pValue !== undefined));
      },
    });
    expect(await replayPolicy(ports, past, request)).toEqual(shown);
    expect([told.length >= shown.replay.checks.length, told.every(Boolean)]).toEqual([true, true]);
    expect(shown.replay.incidents.map(({ rule: name }) => name)).toContain(when === "" ? "inputs drifted" : "own");
    expect(
      shown.replay.checks.every(({ outcomes }) => outcomes.every(({ outcome }) => outcome !== "inconclusive")),
    ).toBe(true);
  });

  test("what is asked for from the middle on is what a replay of the whole says of it", async () => {
    const { past, ports } = manyHours({ features: 6, hours: 20 * 24, rowsAnHour: 60, shiftAt: 5 * 24 });
    const request = { policy: hourlyPolicy(), to: daysOn(20), hindsight: false };
    const whole = (await replayPolicy(ports, past, { ...request, from: daysOn(2) })).replay;
    const half = (await replayPolicy(ports, past, { ...request, from: daysOn(12) })).replay;
    expect(half.checks).toEqual(whole.checks.filter(({ slot }) => slot >= daysOn(12)));
    expect(half.incidents).toMatchObject([{ rule: "inputs drifted", before: true }]);
    expect(new Set(half.mails.map(({ kind }) => kind))).toEqual(new Set(["repeated"]));
  });

  test("rows that came late are in no window that was checked before, except with hindsight", async () => {
    const { past, ports } = manyHours({ features: 6, hours: 6 * 24, rowsAnHour: 60 });
    // Everything of the third day became known at the end of the fifth.
    const late = {
      ...past,
      knownAt: (at: Date) => (at >= daysOn(5) ? 6 * 24 : Math.min(2 * 24, past.knownAt(at))),
    };
    const request = { policy: hourlyPolicy(), from: daysOn(2), to: daysOn(6) };
    const then = (await replayPolicy(ports, late, { ...request, hindsight: false })).replay;
    const now = (await replayPolicy(ports, late, { ...request, hindsight: true })).replay;
    const rowsAt = (replay: typeof then, days: number) =>
      replay.checks.find(({ slot }) => slot.getTime() === daysOn(days).getTime())?.rows;
    expect([rowsAt(then, 3), rowsAt(now, 3)]).toEqual([0, 24 * 60]);
    expect(then.checks.find(({ slot }) => slot.getTime() === daysOn(3).getTime())).toMatchObject({
      verdict: "inconclusive",
      reason: "no predictions in 1d",
    });
    expect(rowsAt(then, 6)).toBe(24 * 60);
  });
});
