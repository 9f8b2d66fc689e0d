import { describe, expect, test } from "@jest/globals";
import { type PastRun, permitRun, type RetrainLimits, type RunRequest } from "../../../src/core/run/governor.ts";
import { parseDuration, parseRate } from "../../../src/core/units.ts";

const limits: RetrainLimits = {
  cooldownMs: parseDuration("24h"),
  budget: parseRate("2 per 30d"),
  minNewLabels: 2_000,
};
const at = new Date("2024-03-31T00:00:00Z");

/** A run that started so long ago and took an hour. */
function past(number: number, ago: string): PastRun {
  const createdAt = new Date(at.getTime() - parseDuration(ago));
  return { number, createdAt, finishedAt: new Date(createdAt.getTime() + 3_600_000) };
}

const ask = (request: Partial<RunRequest>) => permitRun(limits, { at, runs: [], newLabels: 5_000, ...request });

test("allows the first run, and one that is rested and within the budget", () => {
  expect(ask({})).toEqual({ allowed: true, overrode: [] });
  expect(ask({ runs: [past(1, "40d"), past(2, "10d")] })).toEqual({ allowed: true, overrode: [] });
});

describe("refuses", () => {
  const refusals: readonly (readonly [string, Partial<RunRequest>, string])[] = [
    ["a second run beside one", { runs: [{ ...past(7, "9d"), finishedAt: undefined }] }, "run 7 is under way"],
    [
      "broken input",
      { brokenInput: "input broken" },
      "the input is broken (input broken): a retrain would learn the fault",
    ],
    [
      "a provisional limit",
      { provisional: true },
      "the limit is provisional: it rests on too little history to start a retrain",
    ],
    [
      "within the cooldown, counted from the run's end",
      { runs: [past(1, "24h")] },
      "the cooldown of 1d after the last run lasts until 2024-03-31 01:00 UTC",
    ],
    [
      "beyond the budget, whatever order the runs come in",
      { runs: [past(2, "20d"), past(3, "5d"), past(1, "29d")] },
      "the budget of 2 per 30d is spent until 2024-04-10 00:00 UTC",
    ],
    ["too few new labels", { newLabels: 1_999 }, "expected at least 2000 new mature labels, got 1999"],
  ];
  for (const [what, request, reason] of refusals)
    test(what, () => expect(ask(request)).toEqual({ allowed: false, reason }));
});

test("a limit is met at its very instant", () => {
  expect(ask({ runs: [past(1, "25h")] })).toEqual({ allowed: true, overrode: [] });
  expect(ask({ runs: [past(1, "30d"), past(2, "20d")] })).toEqual({ allowed: true, overrode: [] });
  expect(ask({ newLabels: 2_000 })).toEqual({ allowed: true, overrode: [] });
});

test("what the refusal says is true: at the named instant the budget has room", () => {
  const runs = [past(1, "29d"), past(2, "20d"), past(3, "5d")];
  const after = new Date("2024-04-10T00:00:00Z");
  expect(permitRun(limits, { at: after, runs, newLabels: 5_000 })).toEqual({ allowed: true, overrode: [] });
  expect(permitRun(limits, { at: new Date(after.getTime() - 1), runs, newLabels: 5_000 }).allowed).toBe(false);
});

describe("a person's override", () => {
  const frozen: RetrainLimits = {
    ...limits,
    freeze: [{ from: new Date("2024-03-30T00:00:00Z"), to: new Date("2024-04-02T00:00:00Z"), reason: "year's end" }],
  };
  const runs = [past(1, "24h"), past(2, "12h")];
  const request = { at, runs, newLabels: 5_000 };

  test("goes against a freeze, the cooldown and the budget, and says against what", () => {
    expect(permitRun(frozen, request)).toEqual({
      ...{ allowed: false, reason: "retraining is frozen until 2024-04-02T00:00:00.000Z: year's end" },
    });
    expect(permitRun(frozen, { ...request, override: { brokenInput: false } })).toEqual({
      allowed: true,
      overrode: [
        "retraining is frozen until 2024-04-02T00:00:00.000Z: year's end",
        expect.stringContaining("the cooldown of 1d"),
        expect.stringContaining("the budget of 2 per 30d"),
      ],
    });
  });

  test("goes against broken input only where it says so, and never beside another run or without labels", () => {
    const broken = { ...request, brokenInput: "input broken" };
    expect(permitRun(limits, { ...broken, override: { brokenInput: false } })).toMatchObject({ allowed: false });
    expect(permitRun(limits, { ...broken, override: { brokenInput: true } })).toMatchObject({
      allowed: true,
      overrode: [expect.stringContaining("the input is broken"), expect.anything(), expect.anything()],
    });
    const all = { brokenInput: true };
    const beside = [{ ...past(7, "9d"), finishedAt: undefined }];
    expect(permitRun(limits, { ...request, runs: beside, override: all })).toMatchObject({ allowed: false });
    expect(permitRun(limits, { ...request, newLabels: 3, override: all })).toMatchObject({ allowed: false });
  });
});
