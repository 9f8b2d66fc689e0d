import { brokenInputRule, type RuleOutcome } from "../core/drift/judge.ts";
import { groupBy } from "../core/group-by.ts";
import { formatDuration } from "../core/units.ts";
import { plainText } from "./plain-text.ts";
import { valuesText } from "./replay-words.ts";
import { segmentText } from "./segment-words.ts";
import type { Colors } from "./verdict-mark.ts";
import { wrap } from "./wrap.ts";

/** Segments that are named one by one. */
const shown = 5;

/** What every rule said as lines of a terminal. */
export function ruleLines(outcomes: readonly RuleOutcome[], colors: Colors, columns: number): readonly string[] {
  const paint = { "·": colors.dim, "?": colors.dim, "▲": colors.yellow, "✗": colors.red };
  return ruleTexts(outcomes).flatMap(({ mark, text }) =>
    wrap(text, Math.max(20, columns - 3)).map((line, i) => (i === 0 ? `${paint[mark](mark)} ${line}` : `  ${line}`)),
  );
}

/** What every rule said, those that hold first; of a rule that is asked of segments, in which of them. */
export function ruleTexts(
  outcomes: readonly RuleOutcome[],
): readonly { readonly mark: (typeof marks)[number]; readonly text: string }[] {
  const rules = [...groupBy(outcomes, ({ rule }) => rule).values()].sort(
    (one, other) => loudness(other) - loudness(one),
  );
  return rules.flatMap((rule) => {
    const [first] = rule;
    if (first === undefined) return [];
    const said = isOfSegments(rule) ? perSegment(rule) : ofAllRows(first);
    return [{ mark: marks[loudness(rule)], text: `${plainText(first.rule)} ${said}${conditionOf(first)}` }];
  });
}

/** Of a rule that does not hold, that cannot be told, that holds, and is critical. */
const marks = ["·", "?", "▲", "✗"] as const;

/** One of no segment is asked of all rows, or says why there are no segments. */
function isOfSegments(rule: readonly RuleOutcome[]): boolean {
  return rule.some(({ segment }) => segment !== "");
}

function loudness(rule: readonly RuleOutcome[]): 0 | 1 | 2 | 3 {
  const holding = rule.filter(({ outcome }) => outcome === "holds");
  if (holding.length > 0) return holding.some(({ severity }) => severity === "critical") ? 3 : 2;
  return rule.every(({ outcome }) => outcome === "inconclusive") ? 1 : 0;
}

function ofAllRows({ outcome, values, reason }: RuleOutcome): string {
  if (outcome === "inconclusive") return `cannot be told${reason === undefined ? "" : `: ${plainText(reason)}`}`;
  const filled = valuesText(values);
  return `${outcome === "holds" ? "holds" : "does not hold"}${filled === "" ? "" : `: ${plainText(filled)}`}`;
}

function perSegment(rule: readonly RuleOutcome[]): string {
  const of = (outcome: RuleOutcome["outcome"]) => rule.filter((one) => one.outcome === outcome);
  const [holds, quiet, unknown] = [of("holds"), of("quiet"), of("inconclusive")];
  const named = holds.slice(0, shown).map(({ segment, values }) => {
    const filled = valuesText(values);
    return `${segmentText(segment)}${filled === "" ? "" : ` (${plainText(filled)})`}`;
  });
  const more = holds.length > shown ? ` and ${holds.length - shown} more` : "";
  const parts = [
    holds.length === 0 ? "" : `holds in ${named.join(", ")}${more}`,
    quiet.length === 0 ? "" : `does not hold in ${segmentsText(quiet.length)}`,
    unknown.length === 0 ? "" : `cannot be told in ${segmentsText(unknown.length)}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function segmentsText(count: number): string {
  return count === 1 ? "1 segment" : `${count} segments`;
}

function conditionOf({ rule, when, forMs }: RuleOutcome): string {
  if (rule === brokenInputRule) return " (built in)";
  return ` (${plainText(when)}${forMs > 0 ? `, for ${formatDuration(forMs)}` : ""})`;
}
