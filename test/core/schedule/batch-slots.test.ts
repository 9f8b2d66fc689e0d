import { describe, expect, test } from "@jest/globals";
import { type BatchPart, batchOfSlot, batchSlots, missedBatch } from "../../../src/core/schedule/batch-slots.ts";

const hour = 3_600_000;
const at = (hours: number) => new Date(Date.UTC(2026, 0, 1) + hours * hour);
/** A batch scored over an hour that ends at `end`, and seen at `seen`. */
const part = (batch: string, end: number, seen: number): BatchPart => ({
  ...{ batch, rows: 10, firstAt: at(end - 1), lastAt: at(end), seenAt: at(seen) },
});
const slots = (parts: readonly BatchPart[], until: number, graceMs = 6 * hour) =>
  batchSlots(parts, { settleMs: hour, graceMs, until: at(until) }).map(({ slotKey, slotAt }) => [slotKey, slotAt]);

test("a batch is due when nothing more of it has come for the settle time, over all of its rows", () => {
  const parts = [part("b", 3, 4), part("a", 1, 4), part("a", 2, 4.5)];
  expect(slots(parts, 4.9)).toEqual([]);
  expect(slots(parts, 5.5)).toEqual([
    ["batch b", at(5)],
    ["batch a", at(5.5)],
  ]);
  const [, { window } = { window: undefined }] = batchSlots(parts, { settleMs: hour, graceMs: 0, until: at(9) });
  expect(window).toEqual({ start: at(0), end: new Date(at(2).getTime() + 1) });
});

test("what comes after it was complete changes nothing", () => {
  const late = part("a", 20, 9);
  expect(slots([part("a", 1, 4), late], 50)).toEqual(slots([part("a", 1, 4)], 50));
});

test("no two are at the same time, and the order of what is given does not matter", () => {
  const parts = ["x", "y", "z"].map((name) => part(name, 1, 4));
  const found = slots(parts, 9);
  expect(found.map(([, time]) => (time as Date).getTime() - at(5).getTime())).toEqual([0, 1, 2]);
  expect(slots(parts.toReversed(), 9)).toEqual(found);
});

describe("a batch that does not come", () => {
  const daily = [part("1", 0, 1), part("2", 24, 25), part("3", 48, 49)];
  const since = `no batch since ${at(48).toISOString()}`;

  test("is missed after the usual time and the grace, and again after each further usual time", () => {
    expect(slots(daily, 77).slice(3)).toEqual([]);
    expect(slots(daily, 78).slice(3)).toEqual([[`${since} (1)`, at(78)]]);
    expect(slots(daily, 130).slice(3)).toEqual([
      [`${since} (1)`, at(78)],
      [`${since} (2)`, at(102)],
      [`${since} (3)`, at(126)],
    ]);
  });

  test("is not missed when the next came within its grace", () => {
    expect(slots([...daily, part("4", 77, 77.5)], 79).map(([key]) => key)).toEqual([
      "batch 1",
      "batch 2",
      "batch 3",
      "batch 4",
    ]);
  });

  test("stays missed where the next came late", () => {
    const keys = slots([...daily, part("4", 84, 85)], 90).map(([key]) => key);
    expect(keys).toEqual(["batch 1", "batch 2", "batch 3", `${since} (1)`, "batch 4"]);
  });

  test("is not missed at a time when those before it had not come either", () => {
    const imported = daily.map((one) => ({ ...one, seenAt: at(200) }));
    expect(slots(imported, 201).map(([key]) => key)).toEqual(["batch 1", "batch 2", "batch 3"]);
    expect(slots([...daily.slice(0, 2), part("3", 48, 100)], 100.5).map(([key]) => key)).toEqual([
      "batch 1",
      "batch 2",
    ]);
    expect(slots([...daily.slice(0, 2), part("3", 48, 100)], 103).slice(3)).toEqual([[`${since} (2)`, at(102)]]);
  });

  test("is not known of before three batches at different times", () => {
    expect(slots(daily.slice(0, 2), 10_000)).toHaveLength(2);
    const imported = daily.map((one) => ({ ...one, firstAt: at(0), lastAt: at(1) }));
    expect(slots(imported, 10_000)).toHaveLength(3);
  });
});

test("a key says of which batch a check is", () => {
  expect(batchOfSlot("batch no batch since")).toBe("no batch since");
  expect(batchOfSlot("2026-01-01T00:00:00.000Z")).toBeUndefined();
  expect(missedBatch("no batch since 2026-01-03T00:00:00.000Z (2)")).toBe("no batch since 2026-01-03T00:00:00.000Z");
  expect(missedBatch("batch 1")).toBeUndefined();
});
