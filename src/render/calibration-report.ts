import type { Calibration } from "../core/calibration/calibrate.ts";
import type { FeatureLimits } from "../core/calibration/describe-limits.ts";
import type { SegmentCalibration } from "../core/calibration/segment-limits.ts";
import { formatDuration } from "../core/units.ts";
import { baselineText } from "./baseline-words.ts";
import { confidencePercent, number, percent } from "./format.ts";
import { plainText } from "./plain-text.ts";
import { segmentText } from "./segment-words.ts";

/** A calibration and whose it is. */
export interface CalibrationReport {
  readonly model: string;
  /** The version whose baseline it rests on. */
  readonly version: string | undefined;
  /** Where that comes from; absent where nobody asked. */
  readonly baseline?: { readonly source: string; readonly rows: number };
  readonly calibration: Omit<Calibration, "spreads">;
  /** Rows of a usual window by the last checks; undefined where there are none. */
  readonly recentRows?: number | undefined;
}

/** What the limits rest on; nothing where no version is known. */
export function baselineOf({ version, baseline }: CalibrationReport): string {
  if (version === undefined) return "";
  return `baseline of version ${plainText(version)}${baseline === undefined ? "" : ` (${baselineText(baseline)})`}`;
}

/** What the numbers mean, in sentences: for every face of a calibration. */
export function calibrationSentences({ calibration, recentRows }: CalibrationReport): readonly string[] {
  const { budget, alpha, tests, capped, expectedIncidents, provisional, floor, windowRows, minRows } = calibration;
  const span = formatDuration(budget.perMs);
  return [
    `Budget: ${number(budget.count)} false alarm${budget.count === 1 ? "" : "s"} in ${span}. On days like those of the baseline, drift rules are expected to open ${number(Number(expectedIncidents.toPrecision(2)))} in ${span}.`,
    `A check may raise a false alarm with a chance of ${chance(alpha)}${capped ? ", the most that any check may" : ""}, shared by ${number(tests)} tests.`,
    `At least ${percent(floor)} of the rows must have moved, by an estimate that leaves out what chance alone moves. A usual window, going by the baseline, has ${number(windowRows)} rows${recentRows === undefined ? "" : `; the windows of the last checks have ${number(recentRows)} in the median`}.`,
    ...calibration.performance.map(
      ({ metric, confidence, expectedIncidents: worse, effect, measured }) =>
        `${metric}: rules compare the ends of ${confidencePercent(confidence)} intervals${dependence(effect, measured)}; ${number(Number(worse.toPrecision(2)))} false alarms expected in ${span}.`,
    ),
    ...(provisional
      ? ["Provisional: the baseline has fewer than eight windows with times. Its limits notify, they start no retrain."]
      : []),
    ...matchSentence(calibration.matched),
    ...(calibration.segments ?? []).flatMap((one) => segmentSentences(one, span, minRows)),
    ...calibration.unbudgeted.map(
      (rule) => `Rule "${rule}" has a limit of its own: no budget bounds its false alarms.`,
    ),
  ];
}

/** A chance of a false alarm: often far below a tenth of a percent, and never nothing. */
function chance(share: number): string {
  return `${number(Number((share * 100).toPrecision(2)))} %`;
}

/** What the segments of a column get of the budget, and which of them a usual window has too few rows of. */
function segmentSentences(one: SegmentCalibration, span: string, minRows: number | undefined): readonly string[] {
  const { column, segments, alpha, tests, expectedIncidents, rareValues, otherShare } = one;
  const few = segments.filter(({ windowRows }) => windowRows !== undefined && windowRows < (minRows ?? 0));
  const [first] = few;
  return [
    `Rules per ${plainText(column)} look at ${number(segments.length)} segments, each with a chance of ${chance(alpha)} a check, shared by ${number(tests)} tests; ${number(Number(expectedIncidents.toPrecision(2)))} false incidents of drift expected in ${span}, of all together.`,
    ...(otherShare > 0
      ? [
          `${percent(otherShare)} of the baseline's rows are in none of them${rareValues > 0 ? `: ${number(rareValues)} values are too rare` : ""}.`,
        ]
      : []),
    ...(first === undefined
      ? []
      : [
          `A usual window has too few rows of ${few.map(({ segment, windowRows }) => `${segmentText(segment)} (${number(windowRows ?? 0)})`).join(", ")}: the policy asks for ${number(minRows ?? 0)}, and rules stay inconclusive there.`,
        ]),
    ...(segments.some(({ provisional }) => provisional)
      ? [
          `Provisional in ${segments
            .filter(({ provisional }) => provisional)
            .map(({ segment }) => segmentText(segment))
            .join(", ")}.`,
        ]
      : []),
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
