import type { RuleOutcome } from "../core/drift/judge.ts";
import type { RecordComparison, RecordDifference } from "../core/replay/compare-record.ts";
import type { CheckGrounds, LimitGrounds, RunGrounds } from "../core/replay/explanation.ts";
import { formatDuration } from "../core/units.ts";
import type { CheckReport } from "./check-report.ts";
import { checkTable } from "./check-table.ts";
import { instant, number, percent } from "./format.ts";
import { plainText } from "./plain-text.ts";
import { valuesText } from "./replay-words.ts";
import { ruleText } from "./segment-words.ts";
import type { Colors } from "./verdict-mark.ts";
import { watchText } from "./watch-words.ts";

/** Differences that are listed one by one. */
const shown = 8;

/** A check for a terminal: its table, where its limits come from, every rule with its values, and whether it computes again. */
export function checkExplanationText(
  explained: {
    readonly grounds: CheckGrounds;
    readonly check: CheckReport;
    readonly recomputed: RecordComparison | undefined;
  },
  colors: Colors,
  columns?: number,
): string {
  const { grounds, check, recomputed } = explained;
  return [
    `${colors.bold(plainText(grounds.model))}, check of ${instant(grounds.slot)} ${colors.dim(grounds.id)}`,
    checkTable({ ...check, outcomes: [] }, colors, columns),
    ...section("Where the limits come from", limitLines(grounds.limits), colors),
    ...section(
      "Rules",
      grounds.rules.flatMap((rule) => ruleLines(rule, colors)),
      colors,
    ),
    ...section("Policy", [policyLine(grounds.policy), `known then: the log up to file ${grounds.asOfSeq}`], colors),
    ...section(
      "Decisions",
      grounds.decisions.map((one) => `${instant(one.at)}  ${one.action} ${one.outcome}: ${plainText(one.reason)}`),
      colors,
    ),
    ...section("Computed again", recomputed === undefined ? [] : recomputedLines(recomputed), colors),
  ].join("\n");
}

/** A run for a terminal. */
export function runExplanationText({ grounds }: { readonly grounds: RunGrounds }, colors: Colors): string {
  const { run, model, state, reason, outcome, rule, gates, recomputed } = grounds;
  const ended = grounds.finishedAt === undefined ? "goes on" : `ended ${instant(grounds.finishedAt)}`;
  // A rule's reason names the incident already.
  const named = grounds.incident === undefined || reason.includes(`INC-${grounds.incident},`);
  const incident = named ? "" : ` (INC-${grounds.incident})`;
  const asked = grounds.askedBy === undefined ? "" : `asked for by ${plainText(grounds.askedBy)}: `;
  return [
    `${colors.bold(`run ${run}`)} ${plainText(model)}: ${state}${outcome === undefined ? "" : `, ${plainText(outcome)}`}`,
    colors.dim(`started ${instant(grounds.createdAt)}, ${ended}`),
    ...section(
      "Why it started",
      [`${asked}${plainText(reason)}${incident}`, ...(rule === undefined ? [] : ruleLines(rule, colors))],
      colors,
    ),
    ...section(
      "What it was made of",
      [
        `trainer ${plainText(grounds.trainer)}${grounds.candidate === undefined ? "" : `, version ${plainText(grounds.candidate)}`}`,
        `rows before ${instant(grounds.cut)} train, rows after it judge; known then: the log up to file ${grounds.asOfSeq}`,
      ],
      colors,
    ),
    ...section(
      "Gates",
      gates.flatMap(({ gate, outcome: said, reason: because }) => [
        `${said === "pass" ? colors.green("✓") : colors.red("✗")} ${plainText(gate)}`,
        colors.dim(`  ${said}: ${plainText(because)}`),
      ]),
      colors,
    ),
    ...section("What became of its promise", grounds.watch === undefined ? [] : [watchText(grounds.watch)], colors),
    ...section("Policy", [policyLine(grounds.policy)], colors),
    ...section("Computed again", recomputed === undefined ? [] : recomputedLines(recomputed), colors),
  ].join("\n");
}

/** Whether an incident's check and its rule's time compute again, for the end of its story. */
export function incidentRecomputedText(
  explained: {
    readonly limits: LimitGrounds;
    readonly heldSince: Date | undefined;
    readonly check: RecordComparison | undefined;
    readonly decision: RecordComparison;
  },
  colors: Colors,
): string {
  const { limits, heldSince, check, decision } = explained;
  const held = heldSince === undefined ? [] : [`the rule held since the check of ${instant(heldSince)}`];
  return [
    ...section("Where the limits come from", limitLines(limits), colors),
    ...section(
      "Computed again",
      [
        ...(check === undefined ? [] : recomputedLines(check).map((line) => `the check: ${line}`)),
        ...recomputedLines(decision).map((line) => `the decision: ${line}`),
        ...held,
      ],
      colors,
    ),
  ].join("\n");
}

function section(title: string, lines: readonly string[], { bold }: Colors): readonly string[] {
  return lines.length === 0 ? [] : ["", bold(title), ...lines.map((line) => `  ${line}`)];
}

function limitLines({ budget, floor, tests, largestEffect, provisional }: LimitGrounds): readonly string[] {
  return [
    `alarm budget: ${number(budget.count)} per ${formatDuration(budget.perMs)}, shared by ${tests} tests; p corrected by Holm over them`,
    `floor: ${percent(floor)} of the rows must have moved, or more`,
    largestEffect > 1
      ? `rows are not independent: up to ${number(Number(largestEffect.toPrecision(2)))} of them count as one`
      : "rows count as independent",
    ...(provisional ? ["provisional: the baseline is too short to trust; such limits never start a retrain"] : []),
  ];
}

function ruleLines(rule: RuleOutcome, colors: Colors): readonly string[] {
  const { outcome, when, values, place, reason, forMs, severity } = rule;
  const mark = outcome === "holds" ? (severity === "critical" ? colors.red("✗") : colors.yellow("▲")) : colors.dim("·");
  const filled = valuesText(values);
  return [
    `${mark} ${colors.bold(ruleText(rule))} ${outcome}: ${plainText(when)}${forMs > 0 ? `, for ${formatDuration(forMs)}` : ""}`,
    colors.dim(
      `  ${[filled, reason, place]
        .filter((text) => text !== undefined && text !== "")
        .map((text) => plainText(text ?? ""))
        .join("; ")}`,
    ),
  ];
}

function policyLine({ path, commit, revision }: CheckGrounds["policy"]): string {
  return `${plainText(path)}, revision ${revision}${commit === undefined ? "" : ` @ ${plainText(commit.slice(0, 8))}`}`;
}

function recomputedLines({ same, differences }: RecordComparison): readonly string[] {
  if (same === "exactly") return ["the same, to the bit"];
  if (same === "nearly") return ["the same; last digits are rounded differently"];
  const more = differences.length - shown;
  return [
    `differs in ${differences.length} ${differences.length === 1 ? "value" : "values"}`,
    ...differences.slice(0, shown).map(differenceText),
    ...(more > 0 ? [`… and ${more} more (--json has them)`] : []),
  ];
}

function differenceText({ path, recorded, recomputed }: RecordDifference): string {
  return `${plainText(path)}: recorded ${valueText(recorded)}, now ${valueText(recomputed)}`;
}

/** Texts may hold values of sensitive features: that they differ is said, not how. */
function valueText(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "number") return String(value);
  return typeof value === "boolean" ? String(value) : typeof value === "string" ? "a text" : "a list";
}
