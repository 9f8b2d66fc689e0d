import { normalDraws } from "../metrics/normal-draws.ts";
import { seededRandom } from "../metrics/seeded-random.ts";
import { normalCdf } from "../statistics/normal-cdf.ts";
import { millisecondsPer, type Rate } from "../units.ts";
import { hoursOf } from "./design-effects.ts";
import { countIncidents, type ReplayedHistory, type ReplayedRule } from "./replayed-rules.ts";
import { searchAlpha } from "./search-alpha.ts";

export interface PerformanceChanceInput {
  readonly rules: readonly { readonly name: string; readonly forMs: number }[];
  /** Metrics that the rules ask for. */
  readonly metrics: number;
  readonly budget: Rate;
  readonly everyMs: number;
  /** Span of predictions that a metric is measured over. */
  readonly windowMs: number;
  readonly seed?: number;
}

export interface PerformanceChance {
  /** One-sided chance of a false alarm that one metric has at one check. */
  readonly alphaPerMetric: number;
  /** Of the two-sided intervals that the rules compare: 1 - 2 α, at least 95 %. */
  readonly confidence: number;
  /** False incidents expected in the span of the budget, for rules that ask for no more than the interval does. */
  readonly expected: number;
}

/** The lower end of a 95 % interval leaves 2.5 % out: no rule is given a larger chance. */
const largestAlpha = 0.025;
/** Incidents that the budget allows in the drawn time, and windows apart from each other in it, so that seeds differ little. */
const [incidentsDrawn, windowsDrawn] = [100, 600];
/** Checks of it. */
const [fewestSlots, mostSlots] = [5_000, 80_000];

/**
 * The confidence of the intervals that performance rules compare, so that they open no more false incidents than their
 * part of the budget. One-sided: only worsening alarms.
 *
 * A metric over a window is nearly normal and moves as the window does, by the hours that come and go: drawn as moving
 * sums of independent normal hours, each metric apart, and replayed with the rules' `for` and resolving. The baseline is
 * taken as exact: its own noise, which every interval already holds, makes neighbouring false alarms fall together.
 */
export function performanceChance(input: PerformanceChanceInput): PerformanceChance {
  const { budget, windowMs } = input;
  const [everyHours, windowHours] = [hoursOf(input.everyMs), hoursOf(windowMs)];
  const everyMs = everyHours * millisecondsPer.h;
  const metrics = Math.max(1, input.metrics);
  const wanted = Math.ceil(
    Math.max((incidentsDrawn * budget.perMs) / (budget.count * everyMs), (windowsDrawn * windowHours) / everyHours),
  );
  const slots = Math.min(mostSlots, Math.max(fewestSlots, wanted));
  const history = drawMetrics({ slots, metrics, everyHours, windowHours }, input.seed ?? 1);
  const drawnMs = history.slots * everyMs;
  const rules = input.rules.map((rule): ReplayedRule => ({ ...rule, holds: (drifted) => drifted.size > 0 }));
  const incidentsAt = (alpha: number) => countIncidents(rules, [history], { everyMs, spanMs: windowMs }, alpha);
  const allowed = (budget.count * drawnMs) / budget.perMs;
  const alphaPerMetric = searchAlpha(incidentsAt, allowed, largestAlpha);
  return {
    alphaPerMetric,
    confidence: 1 - 2 * alphaPerMetric,
    expected: (incidentsAt(alphaPerMetric) * budget.perMs) / drawnMs,
  };
}

function drawMetrics(
  how: { readonly slots: number; readonly metrics: number; readonly everyHours: number; readonly windowHours: number },
  seed: number,
): ReplayedHistory {
  const { slots, metrics, everyHours, windowHours } = how;
  const candidates = new Map<number, { feature: number; p: number }[]>();
  for (let metric = 0; metric < metrics; metric += 1) {
    const normal = normalDraws(seededRandom(seed * 7919 + metric));
    const hours = Float64Array.from({ length: slots * everyHours + windowHours }, normal);
    let sum = 0;
    for (let hour = 0; hour < windowHours; hour += 1) sum += hours[hour] ?? 0;
    for (let slot = 0; slot < slots; slot += 1) {
      const p = normalCdf(-sum / Math.sqrt(windowHours));
      if (p <= largestAlpha) candidates.set(slot, [...(candidates.get(slot) ?? []), { feature: metric, p }]);
      for (let i = slot * everyHours; i < (slot + 1) * everyHours; i += 1)
        sum += (hours[i + windowHours] ?? 0) - (hours[i] ?? 0);
    }
  }
  return { slots, candidates };
}
