import { DriftwardError } from "../errors.ts";
import { suggestName } from "../nearest-name.ts";
import { nextSlotAfter } from "../schedule/next-slot.ts";
import { formatDuration } from "../units.ts";
import { tasksWith } from "./check-conditions.ts";
import { forEachProblems } from "./for-each.ts";
import { fewestLiveMs, fewestWindows } from "./live-span.ts";
import { notifyProblems } from "./notify-sense.ts";
import { powerProblems } from "./power-sense.ts";
import { errorAt, hintAt, type PolicyProblem } from "./problem.ts";
import type { PolicyFile } from "./schema.ts";
import type { Locate } from "./schema-issues.ts";
import { segmentProblems } from "./segment-sense.ts";

type Check = (file: PolicyFile, locate: Locate) => readonly PolicyProblem[];

/** Any instant serves to see whether an expression can be read and ever comes up. */
const someInstant = new Date(Date.UTC(2026, 0, 1));
/** The rule that Driftward has for broken input; incidents are told apart by their rule's name. */
const reservedName = "input broken";
const fewRows = 50;

const scheduleChecks: Check = ({ schedule }, locate) => {
  const { every, cron, timezone, batch, grace } = schedule;
  const given = Object.entries({ every, cron, batch }).filter(([, value]) => value !== undefined);
  const names = given.map(([name]) => name);
  if (names.length > 1)
    return [
      errorAt(
        locate(["schedule", names[1] ?? ""], "key"),
        `expected one of every, cron and batch, got ${names.join(" and ")}`,
        "keep one of them",
      ),
    ];
  if (names.length === 0)
    return [errorAt(locate(["schedule"], "key"), "expected one of every, cron and batch, got none", "write every: 1h")];
  if (grace !== undefined && every !== undefined)
    return [
      errorAt(
        locate(["schedule", "grace"], "key"),
        "grace goes with batch and cron only",
        "leave it out: without predictions over two windows an incident opens",
      ),
    ];
  if (cron === undefined)
    return timezone === undefined
      ? []
      : [
          errorAt(
            locate(["schedule", "timezone"], "key"),
            "timezone goes with cron only",
            batch === undefined
              ? "multiples of every are counted in UTC"
              : "batches are checked when they are complete",
          ),
        ];
  try {
    if (nextSlotAfter({ cron, timezone: timezone ?? "UTC" }, someInstant) !== undefined) return [];
    return [errorAt(locate(["schedule", "cron"]), `"${cron}" never comes up`)];
  } catch (error) {
    if (!(error instanceof DriftwardError)) throw error;
    const of = error.message.includes("time zone") ? "timezone" : "cron";
    return [errorAt(locate(["schedule", of]), error.message, error.hint)];
  }
};

const ruleNames: Check = ({ rules }, locate) => {
  const seen = new Set<string>();
  return rules.flatMap(({ name }, index) => {
    const at = locate(["rules", index, "name"]);
    if (name === reservedName)
      return [errorAt(at, `"${name}" is the built-in rule for broken input`, "choose another name")];
    if (seen.has(name))
      return [errorAt(at, `two rules are named "${name}"`, "incidents go by the rule's name: choose another")];
    seen.add(name);
    return [];
  });
};

const retraining: Check = ({ rules, retrain, evaluate }, locate) => {
  const asking = rules.flatMap((rule, index) => (rule.do.includes("retrain") ? [index] : []));
  if (retrain === undefined)
    return asking.map((index) =>
      errorAt(
        locate(["rules", index, "do"]),
        "a rule retrains and there is no retrain section",
        "add retrain: { trainer: NAME }",
      ),
    );
  const problems: PolicyProblem[] = [];
  const at = locate(["retrain"], "key");
  if (evaluate.gates.length === 0)
    problems.push(
      errorAt(
        at,
        "no gate stands between a candidate and production",
        "add evaluate.gates, such as difference.roc_auc.lower >= -0.01",
      ),
    );
  if (asking.length === 0)
    problems.push(hintAt(at, "no rule retrains: only a person can start a run", "add do: [notify, retrain] to a rule"));
  if (retrain.cooldown < retrain.timeout)
    problems.push(
      hintAt(locate(["retrain", "cooldown"]), "cooldown is shorter than timeout: runs may follow each other at once"),
    );
  return problems;
};

const slices: Check = ({ data, evaluate }, locate) => {
  const unknown = evaluate.slices.flatMap((name, index) =>
    data.segments.includes(name)
      ? []
      : [
          errorAt(
            locate(["evaluate", "slices", index]),
            `"${name}" is not among data.segments`,
            suggestName(name, data.segments) ?? "add it there",
          ),
        ],
  );
  const told = evaluate.slices.flatMap((name, index) =>
    data.segments.includes(name) && data.sensitive.includes(name)
      ? [
          errorAt(
            locate(["evaluate", "slices", index]),
            `"${name}" is sensitive, and records, mails and pages of runs would name its values`,
            "take it out of data.sensitive, or leave this slice out",
          ),
        ]
      : [],
  );
  const asked = evaluate.gates.findIndex((gate) => /\bslices\s*\./.test(gate));
  if (asked < 0 || evaluate.slices.length > 0) return [...unknown, ...told];
  const at = locate(["evaluate", "gates", asked]);
  return [errorAt(at, "a gate asks for slices and evaluate.slices is empty", "name the columns: slices: [country]")];
};

const oneKindOfModel: Check = ({ performance: { metrics } }, locate) => {
  const wrong = metrics.findIndex((_, index) => tasksWith(metrics.slice(0, index + 1)).length === 0);
  if (wrong < 0) return [];
  const message = `no kind of model has both ${metrics.slice(0, wrong).join(", ")} and ${metrics[wrong]}`;
  return [errorAt(locate(["performance", "metrics", wrong]), message, "name metrics of one kind of model")];
};

const durations: Check = ({ rules, window, schedule }, locate) => {
  const problems: PolicyProblem[] = [];
  rules.forEach((rule, index) => {
    if (rule.for > 0 && rule.for < window.span)
      problems.push(
        hintAt(
          locate(["rules", index, "for"]),
          `for is shorter than a window (${formatDuration(window.span)}): the same rows are asked again`,
          `write at least for: ${formatDuration(window.span).replaceAll(" ", "")}`,
        ),
      );
  });
  if (schedule.every !== undefined && schedule.every > window.span)
    problems.push(
      hintAt(
        locate(["window"], "key"),
        `windows of ${formatDuration(window.span)} every ${formatDuration(schedule.every)} leave rows unchecked`,
        "make window.span at least as long as schedule.every",
      ),
    );
  return problems;
};

const watching: Check = ({ drift, schedule, window }, locate) => {
  const problems: PolicyProblem[] = [];
  if (drift.features.watch.length === 0)
    problems.push(hintAt(locate(["drift", "features", "watch"]), "no feature is watched: drift.share is never known"));
  const { count, perMs } = drift.alarm_budget;
  if (schedule.every !== undefined && perMs / count < schedule.every)
    problems.push(
      hintAt(locate(["drift", "alarm_budget"]), "the budget allows more false alarms than there are checks"),
    );
  if (window.min_rows < fewRows)
    problems.push(hintAt(locate(["window", "min_rows"]), `fewer than ${fewRows} rows show only the grossest drift`));
  return problems;
};

/** A run's baseline is the rows that judged the candidate. */
const baselineOfRuns: Check = ({ baseline, retrain }, locate) =>
  baseline.from !== "training" || retrain === undefined
    ? []
    : [
        errorAt(
          locate(["baseline", "from"]),
          "a retrained version has a baseline of the rows that it was evaluated on, not of those it was trained on",
          "write from: holdout",
        ),
      ];

const liveSpan: Check = ({ baseline: { from, span, match }, window }, locate) => {
  if (span === undefined) return [];
  const at = locate(["baseline", "span"]);
  if (from !== "live")
    return [
      errorAt(
        locate(["baseline", "span"], "key"),
        "span goes with from: live only",
        "leave it out, or write from: live",
      ),
    ];
  const fewest = fewestLiveMs({ spanMs: window.span, match });
  if (span >= fewest) return [];
  const windows = fewestWindows({ spanMs: window.span, match });
  return [
    hintAt(
      at,
      `limits stay provisional: a baseline of ${formatDuration(span)} has fewer than ${windows} windows of ${formatDuration(window.span)}`,
      `provisional limits notify and start no retrain: write at least span: ${formatDuration(fewest).replaceAll(" ", "")}, or leave it out`,
    ),
  ];
};

const checks = [
  baselineOfRuns,
  liveSpan,
  forEachProblems,
  scheduleChecks,
  ruleNames,
  retraining,
  slices,
  oneKindOfModel,
  notifyProblems,
  durations,
  watching,
  powerProblems,
  segmentProblems,
];

/** What is well formed and cannot be meant: errors for what cannot be carried out, hints for what looks like a slip. */
export function senseProblems(file: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  return checks.flatMap((check) => check(file, locate));
}
