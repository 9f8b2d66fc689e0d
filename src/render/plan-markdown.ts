import { formatPlace } from "../core/errors.ts";
import type { PolicyProblem } from "../core/policy/problem.ts";
import type { ReplayDifference } from "../core/replay/compare-replays.ts";
import type { PolicyChange } from "../core/replay/policy-changes.ts";
import type { ModelPlan, PlannedEffect } from "../core/replay/replayed-policy.ts";
import { markdownCode, markdownText } from "./markdown-text.ts";
import { figures, isDaily, moment, spanText } from "./replay-words.ts";
import { ruleText } from "./segment-words.ts";

/** Differences that a comment lists; a comment must be read at one glance. */
const shown = 10;

/** Problems that it lists, and characters that models take: GitHub takes 65,536 in all. */
const mostListed = 50;
const longest = 40_000;

/** By this line a later run finds its comment again. */
const planMarker = "<!-- driftward plan -->";

/** A plan as a comment for a pull request. */
export function planMarkdown(plan: {
  readonly models: readonly ModelPlan[];
  readonly problems: readonly PolicyProblem[];
}): string {
  const errors = plan.problems.filter(({ severity }) => severity === "error");
  const hints = plan.problems.filter(({ severity }) => severity !== "error");
  const changing = plan.models.filter(({ kind }) => kind === "new" || kind === "changed");
  const left = plan.models.filter(({ kind }) => kind === "left");
  return [
    planMarker,
    `### Driftward plan: ${headline(changing, errors)}`,
    ...listed([...errors, ...hints].map(problemText)),
    ...fitting(changing.map((model) => ["", ...modelText(model)].join("\n"))),
    ...listed(
      left.map(
        ({ model, path }) =>
          `- ${markdownCode(model)} is in no file any more; its revision of ${markdownCode(path)} stays in force.`,
      ),
    ),
    "",
  ].join("\n");
}

function listed(lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length - mostListed;
  return ["", ...lines.slice(0, mostListed), ...(more > 0 ? [`- … and ${more} more`] : [])];
}

/** As many models as a comment holds; the others are counted. */
function fitting(models: readonly string[]): readonly string[] {
  let length = 0;
  const kept = models.filter((text) => {
    length += text.length;
    return length <= longest;
  });
  const more = models.length - kept.length;
  return more === 0 ? kept : [...kept, "", `… and ${more} more: \`driftward plan\` shows them.`];
}

function headline(changing: readonly ModelPlan[], errors: readonly PolicyProblem[]): string {
  if (errors.length > 0) return `${errors.length} ${errors.length === 1 ? "mistake" : "mistakes"}`;
  if (changing.length === 0) return "no changes";
  return changing.length === 1 ? "1 policy changes" : `${changing.length} policies change`;
}

function problemText({ place, message, hint, severity }: PolicyProblem): string {
  const next = hint === undefined ? "" : `. ${markdownText(hint)}`;
  return `- ${severity === "error" ? "❌" : "💡"} ${markdownCode(formatPlace(place))} ${markdownText(message)}${next}`;
}

function modelText({ kind, model, path, changes, effect, without }: ModelPlan): readonly string[] {
  const lines = changes.map(changeText);
  const list =
    kind === "new" ? ["<details><summary>the whole policy</summary>", "", ...lines, "", "</details>"] : lines;
  return [
    `#### ${kind === "new" ? "New: " : ""}${markdownCode(model)} (${markdownCode(path)})`,
    "",
    ...list,
    ...(without === undefined ? [] : ["", `No replay: ${markdownText(without)}.`]),
    ...(effect === undefined ? [] : ["", ...effectText(effect)]),
  ];
}

function changeText({ path, kind, before = "", after = "" }: PolicyChange): string {
  if (kind === "added") return `- added ${markdownCode(path)}: ${markdownCode(after)}`;
  if (kind === "removed") return `- removed ${markdownCode(path)}: ${markdownCode(before)}`;
  return `- ${markdownCode(path)}: ${markdownCode(before)} → ${markdownCode(after)}`;
}

function effectText({ span, before, after, differences }: PlannedEffect): readonly string[] {
  const old = before === undefined ? undefined : figures(before);
  const rows = figures(after).map(([name, value], i) => {
    const was = old?.[i]?.[1] ?? "";
    return `| ${name} | ${was} | ${was === value || was === "" ? value : `**${value}**`} |`;
  });
  const daily = isDaily(after);
  const more = differences.length - shown;
  return [
    `What they would have done, ${spanText(span)}:`,
    "",
    "| | in force | planned |",
    "| --- | --- | --- |",
    ...rows,
    ...(differences.length === 0 && before !== undefined
      ? ["", "Both open the same incidents and ask for the same retrains."]
      : ["", ...differences.slice(0, shown).map((one) => differenceText(one, daily))]),
    ...(more > 0 ? [`- … and ${more} more`] : []),
  ];
}

function differenceText({ kind, what, rule, segment, at, why }: ReplayDifference, daily: boolean): string {
  const named = markdownCode(ruleText({ rule, segment }));
  const name = { incident: named, run: `retrain by ${named}`, rollback: `rollback of version ${named}` }[what];
  const word = { "only before": "no more", "only after": "new", "other time": "moved" }[kind];
  return `- ${moment(at, daily)} **${word}**: ${name}, ${markdownText(why)}`;
}
