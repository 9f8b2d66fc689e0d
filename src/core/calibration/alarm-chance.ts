import type { DriftTest } from "../policy/policy.ts";
import { millisecondsPer, type Rate } from "../units.ts";
import { type DesignEffects, hoursOf } from "./design-effects.ts";
import type { GridFeature, HourlyGrid } from "./hourly-grid.ts";
import { replayNormalHours } from "./normal-hours.ts";
import { fitTails, type ReplayedP, type ReplaySettings, replayFeature } from "./replay-feature.ts";
import { countIncidents, type ReplayedHistory, type ReplayedRule } from "./replayed-rules.ts";
import { deviationsOf, drawHistory, planDraws } from "./resampled-hours.ts";
import { searchAlpha } from "./search-alpha.ts";

/** No check is given a larger chance of a false alarm than this, however generous the budget. */
export const largestAlpha = 0.05;

export interface AlarmChanceInput {
  readonly grid: HourlyGrid;
  readonly effects: DesignEffects;
  readonly rules: readonly ReplayedRule[];
  /** The part of the budget that these rules have. */
  readonly budget: Rate;
  readonly everyMs: number;
  readonly spanMs: number;
  readonly tests: { readonly numeric: readonly DriftTest[]; readonly categorical: readonly DriftTest[] };
  readonly floor: number;
  readonly match?: readonly ("hour" | "weekday")[];
  readonly seed?: number;
  /** Features times checks that are drawn at most, as far as ten histories of each kind allow. */
  readonly effort?: number;
}

export interface AlarmChance {
  /** Chance of a false alarm that all tests of a check have together, at most 5 %. */
  readonly alpha: number;
  /** α over the number of tests. */
  readonly alphaPerTest: number;
  readonly tests: number;
  /** False incidents expected in the span of the budget at this α: all that is budgeted, unless the 5 % bound it. */
  readonly expected: number;
  /** Whether it is the 5 % that bounds α, not the budget. */
  readonly capped: boolean;
  readonly drawnMs: number;
}

/** Histories are summed from one draw, which keeps bad days as they were, and from several, which reaches further out. */
const drawsSummed = [1, 8];
/** Histories of normal hours take so much less time than others, and are as many more. */
const normalEffort = 4;
/** Incidents that histories of normal hours should have at the budget: as many as `searchAlpha` tells a rate from. */
const incidentsDrawn = 25;
const defaultEffort = 2_000_000;
const fewestHistories = 10;
const mostHistories = 60;
/** Histories whose windows tell how a statistic is distributed on them. */
const historiesFitted = 6;

/**
 * The largest α at most 5 % at which rules open no more false incidents than budgeted, on histories drawn from the
 * baseline's own hours (moving-block bootstrap, seeded): with their `for`, their resolving, the schedule and the overlap
 * of windows. A drawn baseline is compared with each, because the real one is a draw as well. The same is asked of
 * histories of normal hours (`replayNormalHours`), and all kinds of history must stay within the budget.
 * O(features · checks drawn).
 */
export function alarmChance(input: AlarmChanceInput): AlarmChance {
  const tests = input.grid.features.reduce((sum, { kind }) => sum + input.tests[kind].length, 0);
  const kinds = [
    ...drawsSummed.map((draws) => drawKind(input, Math.max(1, tests), draws)),
    drawNormalHours(input, Math.max(1, tests)),
  ];
  const alpha = Math.min(largestAlpha, ...kinds.map((kind) => alphaFor(input, kind, Math.max(1, tests))));
  const capped = alpha === largestAlpha;
  const rates = kinds.map(
    (kind) => (incidentsAt(input, kind, alpha / Math.max(1, tests)) * input.budget.perMs) / kind.drawnMs,
  );
  return {
    alpha,
    alphaPerTest: alpha / Math.max(1, tests),
    tests,
    expected: capped ? Math.max(...rates) : input.budget.count,
    capped,
    drawnMs: kinds[0]?.drawnMs ?? 0,
  };
}

interface Drawn {
  readonly histories: readonly ReplayedHistory[];
  readonly drawnMs: number;
}

function drawKind(input: AlarmChanceInput, tests: number, draws: number): Drawn {
  const { grid, effort = defaultEffort } = input;
  const lengths = lengthsOf(input);
  const { slots, spanHours } = lengths;
  const wanted = Math.ceil(effort / (drawsSummed.length * slots * grid.features.length));
  const number = Math.min(mostHistories, Math.max(fewestHistories, wanted));
  const plan = planDraws(grid.hours, spanHours, lengths.liveHours);
  const matched = { weekday: input.match?.includes("weekday") === true };
  const histories = Array.from({ length: number }, (_, i) =>
    drawHistory(plan, draws, (input.seed ?? 1) * 10_007 + i * 13 + draws),
  );
  return drawnOf(input, { number, slots }, (feature) => {
    const deviations = deviationsOf(grid, feature, plan, matched);
    const settings = settingsOf(input, feature, { ...lengths, tests, period: plan.period });
    const tails = draws === 1 ? {} : fitTails(feature, deviations, histories.slice(0, historiesFitted), settings);
    return histories.map((history) => () => replayFeature(feature, deviations, history, settings, tails));
  });
}

function drawNormalHours(input: AlarmChanceInput, tests: number): Drawn {
  const { grid, budget, effort = defaultEffort } = input;
  const { slots, ...lengths } = lengthsOf(input);
  const wanted = (incidentsDrawn * budget.perMs) / (budget.count * slots * input.everyMs);
  const affordable = (normalEffort * effort) / (slots * grid.features.length);
  const number = Math.min(mostHistories, Math.max(fewestHistories, Math.ceil(Math.min(wanted, affordable))));
  return drawnOf(input, { number, slots }, (feature, index) => {
    const settings = settingsOf(input, feature, { ...lengths, tests, period: 1 });
    const from = (input.seed ?? 1) * 50_021 + index * mostHistories;
    return Array.from({ length: number }, (_, i) => () => {
      return replayNormalHours({ feature, hours: grid.hours, liveHours: lengths.liveHours, settings }, from + i);
    });
  });
}

/** Checks of one history, and the hours that they look at. */
function lengthsOf({ spanMs, everyMs }: AlarmChanceInput) {
  const [spanHours, everyHours] = [hoursOf(spanMs), hoursOf(everyMs)];
  const slots = Math.max(60, Math.ceil((30 * 24) / everyHours), Math.ceil((20 * spanHours) / everyHours));
  return { spanHours, everyHours, slots, liveHours: spanHours + (slots - 1) * everyHours };
}

/** Replays every feature on as many histories; `replaysOf` gives those of one feature, history by history. */
function drawnOf(
  { grid, everyMs }: AlarmChanceInput,
  { number, slots }: { readonly number: number; readonly slots: number },
  replaysOf: (feature: GridFeature, index: number) => readonly (() => readonly ReplayedP[])[],
): Drawn {
  const candidates = Array.from({ length: number }, () => new Map<number, { feature: number; p: number }[]>());
  for (const [index, feature] of grid.hours === 0 ? [] : grid.features.entries())
    for (const [i, replay] of replaysOf(feature, index).entries()) {
      const into = candidates[i];
      if (into !== undefined) collect(into, index, replay());
    }
  return {
    histories: candidates.map((found) => ({ slots, candidates: found })),
    drawnMs: number * slots * hoursOf(everyMs) * millisecondsPer.h,
  };
}

function collect(
  into: Map<number, { feature: number; p: number }[]>,
  feature: number,
  found: readonly ReplayedP[],
): void {
  for (const { slot, p } of found) {
    const list = into.get(slot) ?? [];
    into.set(slot, list);
    list.push({ feature, p });
  }
}

function settingsOf(
  input: AlarmChanceInput,
  feature: GridFeature,
  how: { readonly spanHours: number; readonly everyHours: number; readonly tests: number; readonly period: number },
): ReplaySettings {
  const { spanHours, everyHours, period } = how;
  return {
    ...{ spanHours, everyHours, period, floor: input.floor },
    tests: input.tests[feature.kind],
    ...ownEffect(input.effects, feature),
    largestP: largestAlpha / how.tests,
    hourMatched: input.match?.includes("hour") === true,
  };
}

/**
 * The design effect that drawn windows have is the feature's own estimate, with its noise. The one in force, shrunk and
 * enlarged, stays out of the replay: a replay that knew it would take the care for noise back by a larger α.
 */
function ownEffect(effects: DesignEffects, { name }: GridFeature): Pick<ReplaySettings, "effect" | "spread"> {
  const measured = Object.hasOwn(effects.byFeature, name) ? effects.byFeature[name] : undefined;
  const effect = Math.max(1, measured?.own ?? 1);
  if (measured?.ownSpread === undefined) return { effect };
  return { effect, spread: { ...measured.ownSpread, moderation: 1, lent: Number.POSITIVE_INFINITY } };
}

function alphaFor(input: AlarmChanceInput, kind: Drawn, tests: number): number {
  const allowed = (input.budget.count * kind.drawnMs) / input.budget.perMs;
  return searchAlpha((alpha) => incidentsAt(input, kind, alpha / tests), allowed, largestAlpha);
}

function incidentsAt(input: AlarmChanceInput, kind: Drawn, alphaPerTest: number): number {
  const { rules, everyMs, spanMs } = input;
  return countIncidents(rules, kind.histories, { everyMs, spanMs }, alphaPerTest);
}
