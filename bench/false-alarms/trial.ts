import { alarmChance } from "../../src/core/calibration/alarm-chance.ts";
import { type DesignEffects, designEffects } from "../../src/core/calibration/design-effects.ts";
import { anyFeature } from "../../src/core/calibration/drift-rules.ts";
import { advanceRule, type RuleState } from "../../src/core/incident/rule-state.ts";
import { seededRandom } from "../../src/core/metrics/seeded-random.ts";
import { millisecondsPer } from "../../src/core/units.ts";
import type { SimulatedFeature } from "./features.ts";
import {
  type Calibrated,
  calibrated,
  judgeFeature,
  meanOf,
  type NaiveScores,
  naiveRules,
  naiveScores,
  type Reference,
} from "./judges.ts";
import { type Draws, drawsFrom } from "./random.ts";
import { type Change, type Dependence, gridOf, simulate, unchanged } from "./worlds.ts";

/** One null setting. */
export interface Setting {
  readonly name: string;
  readonly features: readonly SimulatedFeature[];
  readonly dependence: Dependence;
  readonly rowsPerHour: number;
  readonly baselineDays: number;
  readonly spanHours: number;
}

const tests = { numeric: ["psi", "ks"], categorical: ["psi", "chi_square"] } as const;
const floor = 0.05;

interface Prepared {
  readonly setting: Setting;
  readonly draws: Draws;
  readonly reference: Reference;
  readonly effects: DesignEffects;
  readonly grid: ReturnType<typeof gridOf>;
}

function prepare(setting: Setting, seed: number): Prepared {
  const draws = drawsFrom(seededRandom(seed));
  const { features, dependence, rowsPerHour, spanHours } = setting;
  const hours = setting.baselineDays * 24;
  const cells = simulate(features, dependence, rowsPerHour, hours, draws);
  const grid = gridOf(features, cells);
  const effects = designEffects(grid, spanHours * millisecondsPer.h);
  const sums = cells.map((counts, i) => sumHours(counts, widthOf(features[i]), 0, hours));
  const means = features.map((feature, i) => blockMeans(feature, cells[i] ?? new Float64Array(0), hours, spanHours));
  return { setting, draws, grid, effects, reference: { features, cells: sums, means } };
}

function widthOf(feature: SimulatedFeature | undefined): number {
  return (feature?.edges.length ?? 0) + 1;
}

function sumHours(cells: Float64Array, width: number, from: number, to: number): Float64Array {
  const sums = new Float64Array(width);
  for (let i = from * width; i < to * width; i += 1) sums[i % width] = (sums[i % width] ?? 0) + (cells[i] ?? 0);
  return sums;
}

function blockMeans(feature: SimulatedFeature, cells: Float64Array, hours: number, span: number) {
  const means: number[] = [];
  for (let from = 0; from + span <= hours; from += span)
    means.push(meanOf(feature, sumHours(cells, widthOf(feature), from, from + span)));
  const centre = means.reduce((sum, mean) => sum + mean, 0) / means.length;
  const spread = Math.sqrt(means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0) / (means.length - 1));
  return { centre, spread };
}

/** One window: what Driftward said, what the naive rules scored. */
export interface Judged {
  readonly alarm: boolean;
  /** The same without the floor. */
  readonly significant: boolean;
  readonly naive: NaiveScores;
}

/** Windows that do not overlap, judged at 5 % per check: null ones, and ones in which one feature has changed. */
export function judgePerCheck(
  setting: Setting,
  seed: number,
  plan: {
    readonly nullWindows: number;
    readonly changes: readonly (Change & { readonly feature: number })[];
    readonly windows: number;
  },
): {
  readonly quiet: readonly Judged[];
  readonly changed: readonly (readonly Judged[])[];
  readonly effects: DesignEffects;
} {
  const prepared = prepare(setting, seed);
  const number = setting.features.reduce((sum, { kind }) => sum + tests[kind].length, 0);
  const judge = calibrated(setting.features, prepared.effects, 0.05 / number, floor);
  const quiet = judgeWindows(prepared, judge, plan.nullWindows, { ...unchanged, feature: -1 });
  const changed = plan.changes.map((change) => judgeWindows(prepared, judge, plan.windows, change));
  return { quiet, changed, effects: prepared.effects };
}

function judgeWindows(
  prepared: Prepared,
  judge: Calibrated,
  windows: number,
  change: Change & { readonly feature: number },
) {
  const { setting, draws, reference } = prepared;
  const { features, dependence, rowsPerHour, spanHours } = setting;
  // A day ahead, so that every entity of a window has had its time.
  const lead = 24;
  const judged: Judged[] = [];
  for (let i = 0; i < windows; i += 1) {
    const live = simulate(features, dependence, rowsPerHour, lead + spanHours, draws, (feature) =>
      feature === change.feature ? change : unchanged,
    ).map((cells, feature) => sumHours(cells, widthOf(features[feature]), lead, lead + spanHours));
    const verdicts = live.map((window, feature) => judgeFeature(judge, reference, feature, window));
    judged.push({
      alarm: verdicts.some(({ drifted }) => drifted),
      significant: verdicts.some(({ significant }) => significant),
      naive: naiveScores(reference, live),
    });
  }
  return judged;
}

export interface HourlyPlan {
  readonly days: number;
  readonly budgetPerMs: number;
  /** Whether the naive rules are counted as well. */
  readonly naive: boolean;
  /** What happens to the first feature after the quiet days. */
  readonly change: Change;
}

export interface HourlyOutcome {
  readonly incidents: number;
  /** Incidents of each naive rule, in the order of `naiveRules`. */
  readonly naive: readonly number[] | undefined;
  readonly expected: number;
  readonly alpha: number;
  /** Hours from the change to the first check that alarms; undefined within 14 days. */
  readonly delay: number | undefined;
  readonly calibrationMs: number;
}

const changedDays = 14;

/** Hourly checks over a quiet stretch and, after it, a change of one feature. */
export function countHourly(setting: Setting, seed: number, plan: HourlyPlan): HourlyOutcome {
  const prepared = prepare(setting, seed);
  const { draws, grid, effects, reference } = prepared;
  const { features, dependence, rowsPerHour, spanHours } = setting;
  const spanMs = spanHours * millisecondsPer.h;
  const started = process.cpuUsage().user;
  const chance = alarmChance({
    ...{ grid, effects, rules: [anyFeature], tests, floor, spanMs, seed, everyMs: millisecondsPer.h, effort: 600_000 },
    budget: { count: 1, perMs: plan.budgetPerMs },
  });
  const calibrationMs = (process.cpuUsage().user - started) / 1_000;
  const judge = calibrated(features, effects, chance.alphaPerTest, floor);
  const live = simulate(features, dependence, rowsPerHour, plan.days * 24, draws);
  const after = simulate(features, dependence, rowsPerHour, changedDays * 24, draws, (feature) =>
    feature === 0 ? plan.change : unchanged,
  );
  const windows = live.map((cells, i) => new Sliding(cells, after[i], widthOf(features[i])));
  const quietEnd = plan.days * 24;
  const held: boolean[] = [];
  const naiveHeld = naiveRules.map((): boolean[] => []);
  let delay: number | undefined;
  for (let end = spanHours; end <= quietEnd + changedDays * 24 && delay === undefined; end += 1) {
    const now = windows.map((window) => window.moveTo(end - spanHours, end));
    const alarm = now.some((window, feature) => judgeFeature(judge, reference, feature, window).drifted);
    if (end > quietEnd) delay = alarm ? end - quietEnd : undefined;
    else {
      held.push(alarm);
      if (!plan.naive) continue;
      const scores = naiveScores(reference, now);
      for (const [i, { score, limit }] of naiveRules.entries()) naiveHeld[i]?.push(scores[score] >= limit);
    }
  }
  return {
    ...{ calibrationMs, delay, alpha: chance.alpha, expected: chance.expected },
    incidents: incidentsOf(held, spanHours),
    naive: plan.naive ? naiveHeld.map((holding) => incidentsOf(holding, spanHours)) : undefined,
  };
}

function incidentsOf(held: readonly boolean[], spanHours: number): number {
  let state: RuleState = {};
  let [open, opened] = [false, 0];
  for (const [slot, holds] of held.entries()) {
    const advance = advanceRule(state, {
      slot: new Date(slot * millisecondsPer.h),
      outcome: holds ? "holds" : "quiet",
      ...{ forMs: 0, spanMs: spanHours * millisecondsPer.h, incidentOpen: open },
    });
    state = advance.state;
    if (advance.effect === "open") [open, opened] = [true, opened + 1];
    if (advance.effect === "resolve") open = false;
  }
  return opened;
}

/** Counts of a window that moves on hour by hour. */
class Sliding {
  private from = 0;
  private to = 0;
  private readonly cells: Float64Array;
  private readonly after: Float64Array | undefined;
  private readonly width: number;
  private readonly sums: Float64Array;

  constructor(cells: Float64Array, after: Float64Array | undefined, width: number) {
    this.cells = cells;
    this.after = after;
    this.width = width;
    this.sums = new Float64Array(width);
  }

  moveTo(from: number, to: number): Float64Array {
    for (; this.to < to; this.to += 1) this.add(this.to, 1);
    for (; this.from < from; this.from += 1) this.add(this.from, -1);
    return this.sums;
  }

  private add(hour: number, sign: number): void {
    const known = this.cells.length / this.width;
    const [source, at] = hour < known ? [this.cells, hour] : [this.after ?? this.cells, hour - known];
    for (let cell = 0; cell < this.width; cell += 1)
      this.sums[cell] = (this.sums[cell] ?? 0) + sign * (source[at * this.width + cell] ?? 0);
  }
}
