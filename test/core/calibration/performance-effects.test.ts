import { describe, expect, test } from "@jest/globals";
import { inflateFor } from "../../../src/core/calibration/design-effects.ts";
import { performanceChance } from "../../../src/core/calibration/performance-chance.ts";
import { type LabelledBaseline, performanceEffect } from "../../../src/core/calibration/performance-effects.ts";
import { countIncidents } from "../../../src/core/calibration/replayed-rules.ts";
import { ruleFacts } from "../../../src/core/drift/rule-facts.ts";
import { type Estimate, isUnmeasurable, type MetricName, measure } from "../../../src/core/metrics/metric.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { millisecondsPer } from "../../../src/core/units.ts";

const { d } = millisecondsPer;
const perDay = 24;

/** Labelled rows in which nothing changes; `shock` is how much harder one day is than another. */
function quietDays(
  days: number,
  shock: number,
  seed: number,
  task: "regression" | "binary" = "regression",
): LabelledBaseline {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const rows = Array.from({ length: days }, (_, day) => {
    const hard = Math.exp(shock * normal());
    return Array.from({ length: perDay }, (__, n) => ({
      at: day * d + (n * d) / perDay,
      error: hard * normal(),
      wrong: random() < Math.min(0.9, 0.2 * hard),
      label: random() < 0.5 ? 1 : 0,
    }));
  }).flat();
  const labels = task === "regression" ? rows.map(() => 0) : rows.map(({ label }) => label);
  const predictions =
    task === "regression"
      ? rows.map(({ error }) => error)
      : rows.map(({ label, wrong }) => (wrong ? 1 - label : label));
  return { timestamps: Float64Array.from(rows, ({ at }) => at), rows: { task, labels, predictions } };
}

function between({ rows, timestamps }: LabelledBaseline, fromDay: number, toDay: number): LabelledBaseline {
  const [from, to] = [fromDay * perDay, toDay * perDay];
  const { task, labels, predictions } = rows;
  const part = { task, labels: [...labels].slice(from, to), predictions: [...predictions].slice(from, to) };
  return { rows: part, timestamps: timestamps.slice(from, to) };
}

function measured(metric: MetricName, { rows }: LabelledBaseline): Estimate {
  const found = measure(metric, rows);
  if (isUnmeasurable(found)) throw new Error(found.reason);
  return found;
}

describe("the design effect of a metric", () => {
  test("is about 1 where rows are independent, and much more where days differ", () => {
    const mean = (shock: number) => {
      const found = Array.from(
        { length: 20 },
        (_, seed) => performanceEffect("mae", quietDays(60, shock, 100 + seed))?.own ?? 0,
      );
      return found.reduce((sum, own) => sum + own, 0) / found.length;
    };
    expect(mean(0)).toBeGreaterThan(0.8);
    expect(mean(0)).toBeLessThan(1.2);
    expect(mean(0.5)).toBeGreaterThan(3);
  });

  test("is none without days enough, and 1 at least", () => {
    expect(performanceEffect("mae", quietDays(1, 0, 1))).toBeUndefined();
    expect(performanceEffect("mae", quietDays(8, 0, 1))?.value).toBeGreaterThanOrEqual(1);
    expect(performanceEffect("roc_auc", quietDays(30, 0, 1))).toBeUndefined();
  });

  test("of rows of one entity counts what the interval does not count already", () => {
    const { rows, timestamps } = quietDays(60, 0.3, 5);
    const entities = Array.from(timestamps, (at) => `day ${Math.floor(at / d)}`);
    const own = performanceEffect("mae", { timestamps, rows: { ...rows, entities } })?.own ?? 0;
    expect(own).toBeLessThan(2);
  });
});

describe.each([
  ["mae", "regression", 0.5],
  ["accuracy", "binary", 0.8],
] as const)("false incidents of a rule on %s where days differ", (metric, task, shock) => {
  const [everyMs, windowDays, baselineDays, liveDays, worlds] = [d, 7, 60, 97, 12];
  const budget = { count: 1, perMs: 120 * d };
  const { confidence, alphaPerMetric } = performanceChance({
    ...{ rules: [{ name: "worse", forMs: 0 }], metrics: 1, budget, everyMs, windowMs: windowDays * d },
  });
  const rule = { name: "worse", forMs: 0, holds: (drifted: ReadonlySet<number>) => drifted.size > 0 };

  function incidents(aware: boolean): number {
    let [opened, days] = [0, 0];
    for (let world = 0; world < worlds; world += 1) {
      const all = quietDays(baselineDays + liveDays, shock, 1_000 + world, task);
      const baseline = between(all, 0, baselineDays);
      const found = performanceEffect(metric, baseline);
      const designEffect = !aware || found === undefined ? 1 : inflateFor(found, alphaPerMetric);
      const promised = measured(metric, baseline);
      const slots = liveDays - windowDays;
      const holding = Array.from({ length: slots }, (_, slot) => {
        const from = baselineDays + slot;
        const now = measured(metric, between(all, from, from + windowDays));
        const { performance } = ruleFacts({
          ...{ rows: 1, findings: [], watched: [], quality: [], missingRise: {} },
          performance: [{ metric, now, promised, confidence, designEffect }],
          ...{ withoutDrift: undefined, withoutPerformance: undefined },
        });
        return (performance[metric]?.worsening?.lower ?? 0) > 0;
      });
      const candidates = new Map(
        holding.flatMap((holds, slot) => (holds ? [[slot, [{ feature: 0, p: 0 }]] as const] : [])),
      );
      opened += countIncidents([rule], [{ slots, candidates }], { everyMs, spanMs: windowDays * d }, 1);
      days += slots;
    }
    return (opened * 120) / days;
  }

  test("stay within the budget with the design effect, and break it without", () => {
    const [aware, naive] = [incidents(true), incidents(false)];
    expect(aware).toBeLessThanOrEqual(1);
    expect(naive).toBeGreaterThan(2);
  });
});
