import type { FeatureBins } from "../profile/bins.ts";
import type { CodedRows } from "./coded-rows.ts";
import { excessDrift } from "./excess-drift.ts";
import { createFactor, type Factor, type LevelRange } from "./factor.ts";
import { findShiftStart, type ShiftStart } from "./shift-start.ts";

/** Which rows carry a drift, and since when. */
export interface Explanation {
  /** All of them hold in the rows: `country = NL` and `plan = pro`. None where only the time is known. */
  readonly conditions: readonly { readonly feature: string; readonly is: string }[];
  /** Part of the drift of `features` that is gone, at least, when these rows are left out on both sides. */
  readonly explained: number;
  /** Share of the rows that the conditions hold for, before and now. */
  readonly shareBefore: number;
  readonly shareNow: number;
  /** Features whose drift is explained. */
  readonly features: readonly string[];
  /** Whether these are all that drifted, the conditions' own apart. */
  readonly whole: boolean;
  readonly since: ShiftStart | undefined;
}

export interface RowsToExplain {
  /** Bins of the features that the rows hold, in their order. */
  readonly bins: readonly FeatureBins[];
  readonly baseline: CodedRows;
  readonly live: CodedRows;
  /** Features that drifted, the most important first. */
  readonly drifted: readonly string[];
  /** Features that no condition may be on: their values are to be named nowhere. */
  readonly unnamed?: readonly string[];
}

/** What the model says follows from its inputs: it explains none of them. */
const outcome = /^(prediction|score(_.*)?)$/;
/** Drifted features that are looked at: the first ones. */
const mostTargets = 8;
/** Single conditions that a second one is sought for. */
const mostRefined = 3;
/** An explanation takes away so much of the drift, and clearly more than its part of the rows. */
const enough = 0.5;
const margin = 0.3;
/** Of the drift of a condition's own feature, so much may be left outside of it. */
const ownLeft = 0.1;
/** Rows must be left to see that the drift is gone: a part of each side, and a number. */
const leastLeft = 0.2;
const leastRows = 50;
/** A second condition must keep so much of what the first explained, in so many of its rows at most. */
const keeps = 0.95;
const tighter = 0.7;

interface Candidate {
  readonly parts: readonly { readonly factor: Factor; readonly range: LevelRange }[];
  readonly explained: number;
  readonly shareBefore: number;
  readonly shareNow: number;
  readonly targets: readonly Factor[];
}

/**
 * The condition on one feature, or on two, that explains most of a drift: without the rows that meet it, on both sides,
 * the drift of the other features is mostly gone.
 *
 * That covers a changed mix (many more rows from NL, who are different) and a change inside a group (a bug in what NL
 * sends) alike. A condition is never credited with the drift of its own feature, which it would remove by definition.
 * Where its own feature drifted, the rows left over must be like the baseline in that feature too: else the condition is a
 * cut through a shift (`temp > 20` where it got colder), not a group of rows.
 * With E the excess drift summed over the other drifted features, `explained = 1 - upper(E outside) / E(all)`: its
 * lower end, so that few rows explain nothing; leaving out rows at random explains nothing either. Among conditions that
 * explain at least half, and at least three tenths more than the rows they take, the best is the one with the largest
 * `explained - rows / 2`. A second condition is added when 95 % of that stays explained
 * by at most 70 % of the rows.
 *
 * Where nothing explains the whole, because two things happened at once, the most important feature that has an
 * explanation of its own is explained, with those that share it.
 *
 * Cost: O(rows × features × 8), whatever the data; the caller bounds rows and features.
 *
 * @returns undefined when no condition and no point in time explains the change
 */
export function explainRows(rows: RowsToExplain): Explanation | undefined {
  const factors = rows.bins.map((bins, f) => {
    const [baseline, live] = [rows.baseline.codes[f], rows.live.codes[f]].map((codes) => codes ?? new Uint16Array());
    const sides = { baseline: baseline ?? new Uint16Array(), live: live ?? new Uint16Array() };
    return createFactor(bins, { ...sides, drifted: rows.drifted.includes(bins.name) });
  });
  const byName = new Map(factors.map((factor) => [factor.name, factor]));
  const targets = rows.drifted.flatMap((name) => byName.get(name) ?? []).slice(0, mostTargets);
  const causes = factors.filter(({ name }) => !outcome.test(name) && rows.unnamed?.includes(name) !== true);
  const best = findBest(causes, targets) ?? findForOne(causes, targets);
  const since = findShiftStart(best?.targets ?? targets, rows.live.times);
  if (best === undefined && since === undefined) return undefined;
  const features = (best?.targets ?? targets).map(({ name }) => name);
  const own = best?.parts.map(({ factor }) => factor.name) ?? [];
  return {
    conditions: best?.parts.map(({ factor, range }) => ({ feature: factor.name, is: range.is })) ?? [],
    explained: best?.explained ?? 0,
    shareBefore: best?.shareBefore ?? 1,
    shareNow: best?.shareNow ?? 1,
    features,
    whole: targets.every(({ name }) => features.includes(name) || own.includes(name)),
    since,
  };
}

function findBest(causes: readonly Factor[], targets: readonly Factor[]): Candidate | undefined {
  const still = causes.filter((cause) => !cause.drifted);
  return refine(still, findSingles(causes, targets));
}

/**
 * Where no condition explains the whole: the one for the most important feature that has one, with all it explains. A
 * range of numbers that drifted themselves is too easily a twin of one other feature.
 */
function findForOne(causes: readonly Factor[], targets: readonly Factor[]): Candidate | undefined {
  for (const target of targets) {
    const best = findBest(
      causes.filter((cause) => cause !== target && !(cause.drifted && cause.ranged)),
      [target],
    );
    const [part] = best?.parts ?? [];
    if (best === undefined || part === undefined || best.parts.length > 1) {
      if (best !== undefined) return best;
      continue;
    }
    const others = targets.filter((other) => other !== part.factor && explains(part, [other]));
    return judge({ ...tabulate(part.factor, others, []), parts: [part], targets: others }, part.range) ?? best;
  }
  return undefined;
}

function explains(part: Candidate["parts"][number], targets: readonly Factor[]): boolean {
  const found = judge({ ...tabulate(part.factor, targets, []), parts: [part], targets }, part.range);
  return found !== undefined && found.explained >= enough && found.explained >= rowShare(found) + margin;
}

/** The best single condition of each feature, the best first. */
function findSingles(factors: readonly Factor[], targets: readonly Factor[]): readonly Candidate[] {
  return factors
    .flatMap((factor) => {
      const others = targets.filter((target) => target !== factor);
      return bestOn(factor, others, []).slice(0, 1);
    })
    .sort(byScore);
}

/**
 * The best of the singles, or of two conditions where the second narrows down the first. Only features that did not
 * drift are paired: with one that did, rows would be picked by what happened to them.
 */
function refine(still: readonly Factor[], singles: readonly Candidate[]): Candidate | undefined {
  const stable = singles.filter(({ parts }) => parts.every(({ factor }) => still.includes(factor)));
  const pairs = stable.slice(0, mostRefined).flatMap((single) => {
    const [part] = single.parts;
    if (part === undefined) return [];
    return still.flatMap((second) => {
      if (second === part.factor) return [];
      return bestOn(second, single.targets, [part]).filter(
        (pair) => pair.explained >= keeps * single.explained && rowShare(pair) <= tighter * rowShare(single),
      );
    });
  });
  return [...singles, ...pairs].sort(byScore)[0];
}

/** Counts of the levels of a factor against those of each target, on both sides, among the rows that meet `given`. */
interface Tables {
  readonly levels: number;
  readonly rows: readonly [Float64Array, Float64Array];
  readonly joint: readonly (readonly [Float64Array, Float64Array])[];
  readonly whole: readonly (readonly [Float64Array, Float64Array])[];
}

function tabulate(factor: Factor, targets: readonly Factor[], given: Candidate["parts"]): Tables {
  const sides = (["baseline", "live"] as const).map((side) => {
    const levels = factor[side];
    const meets = new Uint8Array(levels.length).fill(1);
    for (const { factor: other, range } of given) {
      const theirs = other[side];
      for (let i = 0; i < meets.length; i += 1) {
        const level = theirs[i] ?? 0;
        if (level < range.from || level > range.to) meets[i] = 0;
      }
    }
    const rows = new Float64Array(factor.levels);
    for (let i = 0; i < levels.length; i += 1) rows[levels[i] ?? 0] = (rows[levels[i] ?? 0] ?? 0) + (meets[i] ?? 0);
    return { levels, meets, rows };
  });
  const tableOf = (target: Factor, s: 0 | 1): [joint: Float64Array, whole: Float64Array] => {
    const [joint, whole] = [new Float64Array(factor.levels * target.levels), new Float64Array(target.levels)];
    const { levels = new Uint8Array(), meets = new Uint8Array() } = sides[s] ?? {};
    const theirs = s === 0 ? target.baseline : target.live;
    for (let i = 0; i < levels.length; i += 1) {
      const level = theirs[i] as number;
      const at = (levels[i] as number) * target.levels + level;
      joint[at] = (joint[at] as number) + (meets[i] as number);
      whole[level] = (whole[level] as number) + 1;
    }
    return [joint, whole];
  };
  const tables = targets.map((target) => [tableOf(target, 0), tableOf(target, 1)] as const);
  return {
    levels: factor.levels,
    rows: [sides[0]?.rows ?? new Float64Array(), sides[1]?.rows ?? new Float64Array()],
    joint: tables.map(([before, now]) => [before[0], now[0]] as const),
    whole: tables.map(([before, now]) => [before[1], now[1]] as const),
  };
}

function bestOn(factor: Factor, targets: readonly Factor[], given: Candidate["parts"]): readonly Candidate[] {
  if (targets.length === 0) return [];
  const tables = tabulate(factor, targets, given);
  return factor.conditions
    .flatMap((range) => judge({ ...tables, parts: [...given, { factor, range }], targets }, range) ?? [])
    .filter((one) => one.explained >= enough && one.explained >= rowShare(one) + margin)
    .sort(byScore)
    .slice(0, 1);
}

function judge(tables: Tables & Pick<Candidate, "parts" | "targets">, { from, to }: LevelRange): Candidate | undefined {
  const within = (counts: Float64Array): number => counts.subarray(from, to + 1).reduce((sum, count) => sum + count, 0);
  const [n, m] = [0, 1].map((s) => tables.targets[0]?.[s === 0 ? "baseline" : "live"].length ?? 0) as [number, number];
  const [shareBefore, shareNow] = [within(tables.rows[0]) / n, within(tables.rows[1]) / m];
  for (const [rows, share] of [[n, shareBefore] as const, [m, shareNow] as const])
    if (1 - share < leastLeft || rows * (1 - share) < leastRows) return undefined;
  if (tables.parts.some(({ factor }) => factor.drifted) && !endsOwnDrift(tables.rows, { from, to })) return undefined;
  let [all, left] = [0, 0];
  for (const [t, target] of tables.targets.entries()) {
    const [whole, joint] = [tables.whole[t], tables.joint[t]];
    if (whole === undefined || joint === undefined) continue;
    const outside = ([0, 1] as const).map((s) => without(whole[s], joint[s], { from, to, width: target.levels }));
    all += excessDrift(whole[0], whole[1])?.excess ?? 0;
    left += excessDrift(outside[0] ?? [], outside[1] ?? [])?.upper ?? 0;
  }
  if (all <= 0) return undefined;
  return {
    parts: tables.parts,
    targets: tables.targets,
    explained: Math.max(0, 1 - left / all),
    shareBefore,
    shareNow,
  };
}

/** Whether the rows outside of a condition are like the baseline in its own feature: it is not only a cut through it. */
function endsOwnDrift(rows: Tables["rows"], { from, to }: Pick<LevelRange, "from" | "to">): boolean {
  const outside = rows.map((counts) => counts.map((count, level) => (level >= from && level <= to ? 0 : count)));
  const [all, left] = [excessDrift(rows[0], rows[1]), excessDrift(outside[0] ?? [], outside[1] ?? [])];
  return all !== undefined && left !== undefined && left.excess <= ownLeft * all.excess;
}

function without(
  whole: Float64Array,
  joint: Float64Array,
  { from, to, width }: { readonly from: number; readonly to: number; readonly width: number },
): Float64Array {
  const left = Float64Array.from(whole);
  for (let level = from; level <= to; level += 1)
    for (let i = 0; i < width; i += 1) left[i] = (left[i] ?? 0) - (joint[level * width + i] ?? 0);
  return left;
}

function rowShare({ shareBefore, shareNow }: Candidate): number {
  return (shareBefore + shareNow) / 2;
}

/** The larger the better; ties go to fewer conditions. */
function byScore(one: Candidate, other: Candidate): number {
  const score = (candidate: Candidate): number => candidate.explained - rowShare(candidate) / 2;
  return score(other) - score(one) || one.parts.length - other.parts.length;
}
