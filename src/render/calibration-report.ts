import type { Calibration } from "../core/calibration/calibrate.ts";
import type { FeatureLimits } from "../core/calibration/describe-limits.ts";
import { formatDuration } from "../core/units.ts";
import { number, percent } from "./format.ts";

/** A calibration and whose it is. */
export interface CalibrationReport {
  readonly model: string;
  /** The version whose baseline it rests on. */
  readonly version: string | undefined;
  readonly calibration: Omit<Calibration, "spreads">;
}

/** What the numbers mean, in sentences: for every face of a calibration. */
export function calibrationSentences({ calibration }: CalibrationReport): readonly string[] {
  const { budget, alpha, tests, capped, expectedIncidents, provisional, floor, windowRows } = calibration;
  const span = formatDuration(budget.perMs);
  return [
    `Budget: ${number(budget.count)} false alarm${budget.count === 1 ? "" : "s"} in ${span}. On days like those of the baseline, drift rules are expected to open ${number(Number(expectedIncidents.toPrecision(2)))} in ${span}.`,
    `A check may raise a false alarm with a chance of ${percent(alpha)}${capped ? ", the most that any check may" : ""}, shared by ${number(tests)} tests.`,
    `At least ${percent(floor)} of the rows must have moved, by an estimate that leaves out what chance alone moves. A usual window has ${number(windowRows)} rows.`,
    ...calibration.performance.map(
      ({ metric, confidence, expectedIncidents: worse, effect, measured }) =>
        `${metric}: rules compare the ends of ${percent(confidence)} intervals${dependence(effect, measured)}; ${number(Number(worse.toPrecision(2)))} false alarms expected in ${span}.`,
    ),
    ...(provisional
      ? ["Provisional: the baseline has fewer than eight windows with times. Its limits notify, they start no retrain."]
      : []),
    ...matchSentence(calibration.matched),
    ...calibration.unbudgeted.map(
      (rule) => `Rule "${rule}" has a limit of its own: no budget bounds its false alarms.`,
    ),
  ];
}

/** How the days of labelled rows differ, and what that makes of the intervals. */
function dependence(effect: number, measured: number | undefined): string {
  if (measured === undefined) return " of rows taken as independent: the baseline has too few labelled rows with times";
  if (effect < 1.05) return "";
  return `, ${number(Number(Math.sqrt(effect).toPrecision(2)))} times as wide as those of independent rows`;
}

function matchSentence({ on, times }: Calibration["matched"]): readonly string[] {
  if (on.length === 0) return [];
  const calendars = on.map((calendar) => (calendar === "hour" ? "hours of the day" : "days of the week")).join(" and ");
  return times
    ? [`The baseline takes each window's mix of ${calendars} (UTC).`]
    : [`The baseline has no times: it cannot take a window's mix of ${calendars}, and is compared whole.`];
}

/** What decides the smallest change that is seen. */
export function ruledByText({ ruledBy, effect }: FeatureLimits): string {
  if (ruledBy === "dependent rows") return `dependent rows: ${number(Number(effect.toPrecision(2)))} count as one`;
  return ruledBy === "floor" ? "the floor" : "the budget";
}

export function smallestText({ smallestChange }: FeatureLimits): string {
  return smallestChange === undefined ? "none" : percent(smallestChange);
}

export function limitsText({ tests }: FeatureLimits): string {
  return tests.map(({ test, limit }) => `${test} ${limit === undefined ? "none" : number(limit)}`).join(", ");
}
