import { expect, test } from "@jest/globals";
import { intensity, windowsOf, worstVerdict } from "../../../src/core/drift/windows.ts";

const at = (text: string) => new Date(`${text}:00Z`);
const starts = (hours: readonly Date[], by: "hour" | "day" | "week") =>
  windowsOf(hours, by).map(({ start, end }) => [start.toISOString().slice(0, 13), end.toISOString().slice(0, 13)]);

test("the hours, days and weeks that have rows; weeks begin on Monday", () => {
  // 2026-03-01 is a Sunday.
  const hours = [at("2026-03-02T00:00"), at("2026-03-01T23:00"), at("2026-03-01T22:00"), at("2026-03-09T05:00")];
  expect(starts(hours, "hour")).toHaveLength(4);
  expect(starts(hours, "day")).toEqual([
    ["2026-03-01T00", "2026-03-02T00"],
    ["2026-03-02T00", "2026-03-03T00"],
    ["2026-03-09T00", "2026-03-10T00"],
  ]);
  expect(starts(hours, "week")).toEqual([
    ["2026-02-23T00", "2026-03-02T00"],
    ["2026-03-02T00", "2026-03-09T00"],
    ["2026-03-09T00", "2026-03-16T00"],
  ]);
  expect(starts([at("1969-12-31T23:00")], "week")).toEqual([["1969-12-29T00", "1970-01-05T00"]]);
  expect(starts([], "day")).toEqual([]);
});

test("the worst verdict; silent windows count only when all are", () => {
  expect(worstVerdict(["ok", "inconclusive", "warning"])).toBe("warning");
  expect(worstVerdict(["inconclusive", "ok"])).toBe("ok");
  expect(worstVerdict(["warning", "critical"])).toBe("critical");
  expect(worstVerdict(["inconclusive"])).toBe("inconclusive");
  expect(worstVerdict([])).toBe("inconclusive");
});

test("how far the tests went towards their limits", () => {
  const finding = (statistic: number, limit: number | undefined, drifted = false) =>
    ({ statistic, limit, drifted }) as never;
  expect(intensity([finding(1, 2), finding(3, 2, true), finding(9, undefined)])).toBe(1.5);
  expect(intensity([finding(1, 2), finding(3, 2)])).toBe(1);
  expect(intensity([finding(9, undefined)])).toBeUndefined();
});
