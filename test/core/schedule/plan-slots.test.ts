import { describe, expect, test } from "@jest/globals";
import { firstSlotToPlan, planSlots } from "../../../src/core/schedule/plan-slots.ts";

const hourly = { everyMs: 3_600_000 };
const at = (time: string): Date => new Date(`2026-03-02T${time}:00Z`);

describe("the first slot", () => {
  const position = {
    schedule: hourly,
    appliedAt: at("11:20"),
    watchedSince: at("09:00"),
    nextSlot: undefined,
    plannedSinceApplied: false,
  };
  test.each([
    ["new: after its policy was applied", {}, "12:00"],
    ["new: after its first champion, when that came later", { watchedSince: at("14:10") }, "15:00"],
    ["backlog from before the revision is kept", { nextSlot: at("08:00") }, "08:00"],
    ["the cursor of this schedule stays", { nextSlot: at("15:00"), plannedSinceApplied: true }, "15:00"],
    ["made finer in mid-slot: does not wait for the old slot", { nextSlot: at("18:00") }, "12:00"],
    [
      "made coarser in mid-slot: the old slot does not come",
      { schedule: { everyMs: 6 * 3_600_000 }, nextSlot: at("11:30") },
      "12:00",
    ],
    ["a cursor off the schedule goes on to the next slot", { nextSlot: at("10:45") }, "11:00"],
  ])("%s", (_, changed, expected) => {
    expect(firstSlotToPlan({ ...position, ...changed })).toEqual(at(expected));
  });
});

describe("what is due", () => {
  const cap = { due: 500, missed: 500 };
  test("nothing before its time", () => {
    const plan = planSlots(hourly, { from: at("12:00"), until: at("11:59") }, cap);
    expect(plan).toEqual({
      due: [],
      missed: [],
      missedCount: 0,
      missedFrom: undefined,
      missedTo: undefined,
      nextSlot: at("12:00"),
    });
  });
  test("three days down: each slot once, in order, and the cursor after them", () => {
    const until = new Date("2026-03-05T08:30:00Z");
    const { due, missedCount, nextSlot } = planSlots(hourly, { from: at("09:00"), until }, cap);
    expect(due).toHaveLength(72);
    expect(due[0]).toEqual(at("09:00"));
    expect(due.at(-1)).toEqual(new Date("2026-03-05T08:00:00Z"));
    expect(missedCount).toBe(0);
    expect(nextSlot).toEqual(new Date("2026-03-05T09:00:00Z"));
  });
  test("beyond the cap the oldest are missed", () => {
    const plan = planSlots(hourly, { from: at("00:00"), until: at("10:00") }, { due: 3, missed: 4 });
    expect(plan.due).toEqual([at("08:00"), at("09:00"), at("10:00")]);
    expect(plan.missed).toEqual([at("04:00"), at("05:00"), at("06:00"), at("07:00")]);
    expect(plan.missedCount).toBe(8);
    expect([plan.missedFrom, plan.missedTo]).toEqual([at("00:00"), at("07:00")]);
    expect(plan.nextSlot).toEqual(at("11:00"));
  });
  test("holds with gaps much longer than what is kept", () => {
    const until = new Date("2026-04-02T00:00:00Z");
    const plan = planSlots(hourly, { from: at("00:00"), until }, { due: 2, missed: 1 });
    expect(plan.due).toEqual([new Date("2026-04-01T23:00:00Z"), until]);
    expect(plan.missed).toEqual([new Date("2026-04-01T22:00:00Z")]);
    expect(plan.missedCount).toBe(31 * 24 + 1 - 2);
  });
  test("a cron that ends leaves no cursor", () => {
    const plan = planSlots({ cron: "0 6 30 2 *", timezone: "UTC" }, { from: at("00:00"), until: at("10:00") }, cap);
    expect(plan.due).toEqual([]);
    expect(plan.nextSlot).toBeUndefined();
  });
});
