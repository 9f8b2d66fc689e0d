import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPast } from "../../../src/actions/replay/past.ts";
import { replayPolicy } from "../../../src/actions/replay/replay-policy.ts";
import { type CheckLimits, limitsOf } from "../../../src/core/calibration/calibrate.ts";
import type { Finding } from "../../../src/core/drift/finding.ts";
import { kolmogorovSmirnov } from "../../../src/core/statistics/kolmogorov-smirnov.ts";
import type { Limits } from "../../../src/ports/lookups.ts";
import type { CheckRow } from "../../../src/ports/state.ts";
import { calibrateBaseline } from "../../../src/stages/check/calibrate-baseline.ts";
import {
  type EvaluationPorts,
  evaluateWindow,
  type WindowEvaluation,
} from "../../../src/stages/check/evaluate-window.ts";
import { createSeasons } from "../../../src/stages/check/match-season.ts";
import { at, openWatchWorld, policyOf, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
let limits: Limits;
beforeAll(async () => {
  world = await openWatchWorld();
  const known = new Map<string, Promise<CheckLimits>>();
  limits = {
    of(request) {
      const answer =
        known.get(request.baselineId) ??
        calibrateBaseline(world.ports, { ...request, effort: 1 }).then((calibration) => limitsOf(calibration));
      known.set(request.baselineId, answer);
      return answer;
    },
  };
});
afterAll(() => world.close());

const perHour = 8;
/** Weekends are another world: x is higher, plans are basic, predictions are 1. `at(0)` is a Monday. */
function rowsOf(from: number, to: number, more: { shift?: number } = {}) {
  return Array.from({ length: (to - from) * perHour }, (_, i) => {
    const n = from * perHour + i;
    const scattered = Math.abs((n * 7_919 + 31 * n * n) % 1_000);
    const weekend = ((Math.floor(n / perHour / 24) % 7) + 7) % 7 >= 5;
    const mostly = scattered % 10 < (weekend ? 8 : 2);
    return {
      timestamp: new Date(at(0).getTime() + (n * 3_600_000) / perHour).toISOString(),
      x: scattered / 10 + (weekend ? 60 : 0) + (more.shift ?? 0),
      plan: mostly ? "basic" : "pro",
      prediction: mostly ? 1 : 0,
    };
  });
}

const day = 24;
const eightWeeks = rowsOf(-56 * day, 0).map((row) => ({ ...row, label: row.prediction }));
const predictions = (rows: ReturnType<typeof rowsOf>) =>
  rows.map((row, n) => ({ ...row, prediction_id: `p${n}`, model_version: "1" }));
const dailyPolicy = (name: string, match: string) =>
  policyOf(name, `baseline: { match: ${match} }`).replace("every: 1h", "every: 1d").replace("span: 4h", "span: 24h");

let models = 0;
/** A model whose first week is ingested, and the checks of its seven days. */
async function week(match: string, more: { shift?: number; baseline?: readonly object[] } = {}) {
  models += 1;
  const name = `season${models}`;
  world.setNow(at(0));
  await world.baseline(name, "1", more.baseline ?? eightWeeks);
  await world.apply(dailyPolicy(name, match));
  world.setNow(at(7 * day));
  await world.predict(name, predictions(rowsOf(0, 7 * day, more)));
  const planned = await world.plan(name, at(7 * day));
  const rows = planned.filter(({ windowStart }) => windowStart >= at(0));
  const model = await world.model(name);
  const policy = await world.ports.policies.of(model.policyRevision ?? "");
  const evaluate = (row: CheckRow, ports: Partial<EvaluationPorts> = {}) =>
    evaluateWindow({ ...world.ports, ...ports }, row, model, policy);
  return { rows, model, policy, evaluate };
}

const drifted = (findings: readonly Finding[]) => [
  ...new Set(findings.filter((finding) => finding.drifted).map(({ feature }) => feature)),
];
const all = ["plan", "prediction", "x"];
const days = <Value>(weekday: Value, weekend: Value) => [...Array.from({ length: 5 }, () => weekday), weekend, weekend];

describe("a baseline with a strong weekly season, and windows of one day", () => {
  test("without match a weekend is drift; matched on the weekday no day is, and a change is on any", async () => {
    const seasons = createSeasons(world.ports);
    const driftOf = async (match: string, shift: number) => {
      const { rows, evaluate } = await week(match, { shift });
      // Without match the season itself would count as dependence, and widen the limits.
      const ports = match === "[]" ? { seasons } : { seasons, limits };
      const seen = await Promise.all(rows.map((row) => evaluate(row, ports)));
      return seen.map(({ findings }) => drifted(findings).sort());
    };
    expect((await driftOf("[]", 0)).slice(5)).toEqual([all, all]);
    expect(await driftOf("[weekday]", 0)).toEqual(days([], []));
    expect(await driftOf("[weekday]", 40)).toEqual(days(["x"], ["x"]));
  });

  test("sizes are those of the weekday's rows, and the season is no dependence", async () => {
    const [plain, matched] = [await week("[]"), await week("[weekday]")];
    const findingsOf = async ({ rows, evaluate }: typeof plain) => {
      const [monday] = rows;
      return monday === undefined ? [] : (await evaluate(monday, { limits })).findings;
    };
    const [before, now] = [await findingsOf(plain), await findingsOf(matched)];
    // Eight Mondays of 56 days.
    expect(now.map(({ n }) => n)).toEqual(now.map(() => eightWeeks.length / 7));
    expect(before.map(({ n }) => n)).toEqual(before.map(() => eightWeeks.length));
    const effects = (list: readonly Finding[]) => list.map(({ effective, m }) => m / (effective?.m ?? m));
    expect(Math.min(...effects(before))).toBeGreaterThan(10);
    expect(Math.max(...effects(now))).toBeLessThan(5);
    expect(now.every((finding) => finding.provisional === undefined)).toBe(true);
  });

  test("a window that does not begin on the hour, and both calendars at once", async () => {
    const { rows, evaluate } = await week("[weekday, hour]");
    const [monday] = rows;
    const saturday = rows[5];
    if (monday === undefined || saturday === undefined) throw new Error("seven checks are planned");
    const half = { ...saturday, windowStart: at(5 * day + 3.5), windowEnd: at(6 * day - 2.25) };
    const seen = await evaluate(half);
    expect(seen.rows).toBe(18.25 * perHour);
    expect(drifted(seen.findings)).toEqual([]);
    // Nineteen hours, the first and the last with fewer rows: nearly as many of the eight Saturdays'.
    const [n] = seen.findings.map((finding) => finding.n);
    expect(n).toBeGreaterThan(8 * 17.5 * perHour);
    expect(n).toBeLessThanOrEqual(8 * 19 * perHour);
    // A Monday that is compared with Saturdays, to see that the mix is what it hangs on.
    const wrong = await evaluate(monday, {
      seasons: { of: async (request) => (await createSeasons(world.ports).of(request)).filter(isSaturday) },
    });
    expect(drifted(wrong.findings).sort()).toEqual(all);
  });

  test("a replay says the same, to the bit", async () => {
    const { rows, model, policy, evaluate } = await week("[weekday]");
    const live = await Promise.all(rows.map((row) => evaluate(row, { limits })));
    expect(live.map(({ findings }) => drifted(findings))).toEqual(days([], []));
    const replayed: WindowEvaluation[] = [];
    const ports = { ...world.ports, limits };
    await replayPolicy(ports, await openPast(ports, model), {
      ...{ policy, from: at(day), to: at(7 * day + 1), hindsight: true },
      onCheck: (row, seen) => {
        if (row.windowStart >= at(0)) replayed.push(seen);
      },
    });
    expect(replayed).toHaveLength(7);
    expect(replayed).toEqual(live);
  });

  test("a baseline without times is compared whole, and its calibration says that it cannot be matched", async () => {
    const timeless = eightWeeks.map(({ timestamp: _timestamp, ...row }) => row);
    const { rows, model, evaluate, policy } = await week("[weekday]", { baseline: timeless });
    const saturday = rows[5];
    if (saturday === undefined) throw new Error("seven checks are planned");
    const { findings } = await evaluate(saturday);
    expect(findings.map(({ n }) => n)).toEqual(findings.map(() => eightWeeks.length));
    expect(drifted(findings).sort()).toEqual(all);
    const baselineId = model.championBaseline ?? "";
    const profile = await world.ports.profiles.of(baselineId);
    const calibration = await calibrateBaseline(world.ports, {
      ...{ modelId: model.id, baselineId, profile, policy },
      effort: 1,
    });
    expect(calibration.matched).toEqual({ on: ["weekday"], times: false });
    expect(calibration.provisional).toBe(true);
  });
});

function isSaturday({ hour }: { readonly hour: Date }): boolean {
  return hour.getUTCDay() === 6;
}

test("where bounds leave a matched distance open it is told from the rows, those of the window's weekday", async () => {
  const { rows, model, evaluate } = await week("[weekday]", { shift: 12 });
  const [monday] = rows;
  if (monday === undefined) throw new Error("expected a check of Monday");
  const profile = await world.ports.profiles.of(model.championBaseline ?? "");
  // One edge in the middle and the others at the end, as of a feature with few cells: nearly everything is left open.
  const edges = Float64Array.from({ length: 12 }, (_, i) => (i === 0 ? 50 : 120 + i / 10));
  const bins = profile.bins.map((one) =>
    one.name === "x" && one.kind === "numeric" ? { ...one, edges, binEdges: [0] } : one,
  );
  const path = world.ports.log.locate({ path: world.ports.log.baselinePath(model.id, model.championBaseline ?? "") });
  const counted = async (paths: readonly string[], filter = {}) =>
    (await world.ports.engine.count({ files: { paths, format: "parquet" }, bins, filter }))[0]?.counts;
  const files = await world.state.log.files(model.id, "predictions", {});
  const window = { from: monday.windowStart, to: monday.windowEnd };
  const [whole, live] = [
    await counted([path]),
    await counted(
      files.map((file) => world.ports.log.locate(file)),
      window,
    ),
  ];
  if (whole === undefined || live === undefined) throw new Error("expected counts");
  const hours = Array.from({ length: day }, (_, hour) => ({ hour: at(hour), rows: perHour }));
  const seen = await evaluate(monday, {
    profiles: { of: async () => ({ bins, counts: whole }) },
    counted: () => live,
    countedHours: () => hours,
  });
  const found = seen.findings.find(({ feature, test: made }) => feature === "x" && made === "ks");
  const mondays = rowsOf(-56 * day, 0).filter(({ timestamp }) => new Date(timestamp).getUTCDay() === 1);
  const exact = kolmogorovSmirnov(
    mondays.map(({ x }) => x),
    rowsOf(0, day, { shift: 12 }).map(({ x }) => x),
  ).statistic;
  expect(found?.lower).toBe(found?.upper);
  expect(found?.statistic).toBeCloseTo(exact, 11);
});
