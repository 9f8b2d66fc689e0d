import type { PolicyProblem } from "../core/policy/problem.ts";
import type { ReplayDifference } from "../core/replay/compare-replays.ts";
import type { PolicyChange } from "../core/replay/policy-changes.ts";
import type { ModelPlan, PlannedEffect } from "../core/replay/replayed-policy.ts";
import { plainTable } from "./plain-table.ts";
import { plainText } from "./plain-text.ts";
import { problemAsText } from "./policy-problems.ts";
import { figures, isDaily, moment, spanText } from "./replay-words.ts";
import { ruleText } from "./segment-words.ts";
import type { Colors } from "./verdict-mark.ts";

/** Differences that are listed one by one. */
const shown = 20;

/** A plan for a terminal: what changes, in words, and what both versions would have done. */
export function planText(
  plan: { readonly models: readonly ModelPlan[]; readonly problems: readonly PolicyProblem[] },
  colors: Colors,
): string {
  const changing = plan.models.filter(isChanging);
  const others = plan.models.filter(({ kind }) => kind === "unchanged" || kind === "left");
  return [
    ...changing.flatMap((model) => [...modelText(model, colors), ""]),
    ...others.map((model) => quietText(model, colors)),
    ...plan.problems.map(problemAsText),
    plan.models.length === 0 && plan.problems.length === 0
      ? "No policy files found."
      : conclusion(plan.models, plan.problems, colors),
  ].join("\n");
}

const isChanging = ({ kind }: ModelPlan): boolean => kind === "new" || kind === "changed";

function conclusion(models: readonly ModelPlan[], problems: readonly PolicyProblem[], colors: Colors): string {
  const changing = models.filter(isChanging);
  const mistakes = problems.filter(({ severity }) => severity === "error").length;
  if (mistakes > 0) {
    const count = mistakes === 1 ? "1 mistake" : `${mistakes} mistakes`;
    return `${count} to mend first: a file with a mistake is not put in force.`;
  }
  if (models.every(({ kind }) => kind === "left")) return "No changes: there are no policy files.";
  if (changing.length === 0) return "No changes: what the files say is in force.";
  const count = changing.length === 1 ? "1 policy" : `${changing.length} policies`;
  return `${count} would change. ${colors.bold("driftward apply")} puts them in force.`;
}

function quietText({ kind, model, path }: ModelPlan, { dim, yellow }: Colors): string {
  const name = `${plainText(model)} (${plainText(path)})`;
  return kind === "unchanged"
    ? dim(`· ${name}: no change`)
    : yellow(`? ${name}: it is in no file any more; it stays in force`);
}

function modelText(plan: ModelPlan, colors: Colors): readonly string[] {
  const { kind, model, path, inForce, changes, effect, without } = plan;
  const mark = kind === "new" ? colors.green("+") : colors.yellow("~");
  const against =
    inForce === undefined ? "a new policy" : `against revision ${inForce.seq}${commitText(inForce.commit)}`;
  return [
    `${mark} ${colors.bold(plainText(model))}  ${colors.dim(`${plainText(path)}, ${against}`)}`,
    "",
    ...changes.map((change) => `  ${changeText(change, colors)}`),
    ...(without === undefined ? [] : ["", `  ${colors.dim(`No replay: ${without}.`)}`]),
    ...(effect === undefined ? [] : ["", ...effectText(effect, colors)]),
  ];
}

function commitText(commit: string | undefined): string {
  return commit === undefined ? "" : `, commit ${commit.slice(0, 8)}`;
}

function changeText({ path, kind, before = "", after = "" }: PolicyChange, { green, red, yellow }: Colors): string {
  const name = plainText(path);
  if (kind === "added") return `${green("+")} ${name}: ${green(plainText(after))}`;
  if (kind === "removed") return `${red("-")} ${name}: ${red(plainText(before))}`;
  return `${yellow("~")} ${name}: ${red(plainText(before))} → ${green(plainText(after))}`;
}

function effectText({ span, before, after, differences }: PlannedEffect, colors: Colors): readonly string[] {
  const old = before === undefined ? undefined : figures(before);
  const rows = figures(after).map(([name, value], i) => {
    const was = old?.[i]?.[1];
    return [`  ${name}`, was ?? "", was === undefined || was === value ? value : colors.bold(value)];
  });
  const head = [`  ${spanText(span)}`, before === undefined ? "" : "in force", "planned"];
  const daily = isDaily(after);
  const assumed = [...new Set([...(before?.assumptions ?? []), ...after.assumptions])];
  return [
    plainTable(head, rows),
    ...(differences.length === 0
      ? before === undefined
        ? []
        : ["", `  ${colors.dim("Both open the same incidents and ask for the same retrains.")}`]
      : ["", ...differences.slice(0, shown).map((one) => `  ${differenceText(one, daily, colors)}`)]),
    ...(differences.length > shown ? [`  … and ${differences.length - shown} more (--json has all)`] : []),
    ...assumed.map((text) => `  ${colors.dim(`Taken for granted: ${text}.`)}`),
  ];
}

function differenceText(difference: ReplayDifference, daily: boolean, { green, red, yellow, dim }: Colors): string {
  const { kind, what, at, why } = difference;
  const mark = { "only before": red("-"), "only after": green("+"), "other time": yellow("~") }[kind];
  const named = ruleText(difference);
  const name = { incident: named, run: `retrain by ${named}`, rollback: `rollback of version ${named}` }[what];
  return `${mark} ${moment(at, daily)} ${name}: ${dim(plainText(why))}`;
}
