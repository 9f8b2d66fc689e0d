import { averageInterval } from "../schedule/average-interval.ts";
import { formatDuration } from "../units.ts";
import { errorAt, hintAt, type PolicyProblem } from "./problem.ts";
import type { PolicyFile } from "./schema.ts";
import type { Locate } from "./schema-issues.ts";

/** Chances of a false alarm smaller than this are not told from none. */
const smallestAlpha = 1e-9;
/** No check is given a larger chance of a false alarm than this. */
const largestAlpha = 0.05;
/** Where fewer rows do, another hint says so. */
const fewRows = 50;
/** Standard normal quantiles of 80 % and 97.5 %: of seeing a change so often, and of a test with no others beside it. */
const [power, significance] = [0.84, 1.96];

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))}%`;

/** Chance of a false alarm that one check has, or undefined while the schedule cannot be read. */
export function alphaPerCheck({ drift, schedule, window }: PolicyFile): number | undefined {
  const { every, cron, timezone, batch } = schedule;
  const { count, perMs } = drift.alarm_budget;
  if (batch !== undefined) return Math.min(largestAlpha, (count * window.span) / perMs);
  if (every !== undefined) return Math.min(largestAlpha, (count * every) / perMs);
  if (cron === undefined) return undefined;
  try {
    return Math.min(
      largestAlpha,
      (count * averageInterval({ cron, timezone: timezone ?? "UTC" }, window.span)) / perMs,
    );
  } catch {
    // What is wrong with it is told elsewhere.
    return undefined;
  }
}

/**
 * A budget so small for the schedule and the window that no change, however large, would be told: the p-value of a
 * window of `min_rows` rows that have all moved (Kolmogorov–Smirnov against a large baseline: 2 exp(−2 n)) stays above the
 * limit.
 */
function budgetProblems(file: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  const alpha = alphaPerCheck(file);
  if (alpha === undefined) return [];
  const smallestP = Math.max(smallestAlpha, 2 * Math.exp(-2 * file.window.min_rows));
  if (alpha >= smallestP) return [];
  const chance = `a check may raise a false alarm once in ${Number((1 / alpha).toPrecision(2)).toLocaleString("en-US")} checks`;
  const why =
    alpha < smallestAlpha
      ? "no test tells so small a chance"
      : `no test of ${file.window.min_rows} rows can be so sure, whatever changes`;
  return [
    errorAt(
      locate(["drift", "alarm_budget"]),
      `no test can meet this budget at this schedule: ${chance}, and ${why}`,
      "check less often, allow more false alarms, or raise window.min_rows",
    ),
  ];
}

/** A window in which chance moves so many rows that no test shows a move of the floor's size. */
function floorProblems({ drift: { floor }, window }: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  const spread = 0.5 / Math.sqrt(window.min_rows);
  const noise = (power + significance) * spread;
  const at = locate(["drift", "floor"]);
  if (floor + power * spread >= 1)
    return [errorAt(at, `no change of ${window.min_rows} rows can exceed this floor`, "write floor: 5%")];
  if (floor === 0 || window.min_rows < fewRows || noise <= 3 * floor) return [];
  const rows = Math.ceil(window.min_rows * (noise / (3 * floor)) ** 2);
  const message = `windows of ${window.min_rows} rows are too small for a floor of ${percent(floor)}: what they show begins at about ${percent(noise)}`;
  return [hintAt(at, message, `write window.min_rows: ${rows}, or a floor of ${percent(noise / 3)}`)];
}

/**
 * A guard that could never see anything: it ends before the first labels of what the new champion predicted mature, it
 * asks nothing of how the version does, or nothing is ever promoted.
 */
function guardProblems({ promote, data, retrain }: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  const { rollback } = promote;
  if (rollback === undefined) return [];
  const at = (key: string) => locate(["promote", "rollback", key]);
  const { mature } = data.labels;
  const problems: PolicyProblem[] = [];
  if (!rollback.when.includes("performance."))
    problems.push(
      errorAt(
        at("when"),
        "the guard asks nothing of how the version does: its answer never changes",
        "compare performance with promised, such as performance.roc_auc.upper < promised.roc_auc.lower",
      ),
    );
  else if (rollback.within <= mature)
    problems.push(
      errorAt(
        at("within"),
        `the guard ends after ${formatDuration(rollback.within)}, and labels need ${formatDuration(mature)} to mature: it never sees one`,
        "make it longer than data.labels.mature",
      ),
    );
  if (retrain === undefined)
    problems.push(
      hintAt(
        locate(["promote", "rollback"], "key"),
        "nothing is promoted without a retrain section: the guard watches nothing",
        "add retrain: { trainer: NAME }",
      ),
    );
  return problems;
}

/** Evaluation rows are predicted by a challenger in shadow: without one nobody can. */
function shadowProblems({ promote }: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  if (promote.evaluation_rows !== "required" || promote.steps?.[0] !== undefined) return [];
  return [
    errorAt(
      locate(["promote", "evaluation_rows"]),
      "evaluation rows are predicted in shadow, and the policy has no such step: nothing could be promoted",
      "add steps: [shadow 24h]",
    ),
  ];
}

/** What a policy asks for that its windows, schedule or labels cannot give. */
export function powerProblems(file: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  return [
    ...budgetProblems(file, locate),
    ...floorProblems(file, locate),
    ...guardProblems(file, locate),
    ...shadowProblems(file, locate),
  ];
}
