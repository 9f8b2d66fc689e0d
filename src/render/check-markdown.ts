import { type RankedFeature, rankFeatures } from "../core/drift/rank-features.ts";
import type { CheckReport } from "./check-report.ts";
import { explanationEvidence, explanationText } from "./explanation-text.ts";
import { instant, number, percent, pValue } from "./format.ts";
import { headline } from "./headline.ts";
import { markdownCode, markdownText } from "./markdown-text.ts";
import { ruleTexts } from "./rule-lines.ts";
import { segmentText } from "./segment-words.ts";
import { marks } from "./verdict-mark.ts";

/** Rows of the table and names below it at most: a comment holds 65,536 characters. */
const mostRows = 60;
const mostNames = 200;

/** A check as Markdown, for a comment on a pull request: the verdict, what drifted as a table, the rest folded away. */
export function checkMarkdown(report: CheckReport): string {
  const ranked = rankFeatures(report.findings);
  const drifted = ranked.filter((one) => one.drifted);
  const steady = ranked.filter((one) => !one.drifted);
  return [
    `### ${marks[report.verdict]}: ${markdownText(headline(report, ranked))}`,
    rowsLine(report),
    ...explained(report),
    ...quality(report),
    ...rules(report),
    ...unseenSegments(report),
    ...(drifted.length === 0 ? [] : [driftTable(drifted)]),
    ...(steady.length === 0 ? [] : [folded(steady)]),
    "",
  ].join("\n\n");
}

function rowsLine({ window, baseline }: CheckReport): string {
  const when = "start" in window ? `${instant(window.start)} to ${instant(window.end)}: ` : "";
  const of = baseline.version === undefined ? "" : ` of version ${markdownCode(baseline.version)}`;
  return `${when}${number(window.rows)} rows against ${number(baseline.rows)} of the baseline${of}`;
}

function explained({ explanation }: CheckReport): readonly string[] {
  if (explanation === undefined) return [];
  const evidence = explanationEvidence(explanation);
  const words = `**Which rows:** ${markdownText(explanationText(explanation))}`;
  return [evidence === undefined ? words : `${words} (${markdownText(evidence)})`];
}

function quality({ quality: found }: CheckReport): readonly string[] {
  if (found.length === 0) return [];
  const lines = found
    .slice(0, mostRows)
    .map(({ severity, message }) => `- ${severity === "critical" ? "✗ " : ""}${markdownText(message)}`);
  return [lines.join("\n")];
}

function rules({ outcomes = [] }: CheckReport): readonly string[] {
  const lines = ruleTexts(outcomes)
    .slice(0, mostRows)
    .map(({ mark, text }) => `- ${mark} ${markdownText(text)}`);
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function unseenSegments({ segments = [] }: CheckReport): readonly string[] {
  const lines = segments.flatMap(({ segment, without }) =>
    without === undefined ? [] : [`- ? ${markdownCode(segmentText(segment))}: ${markdownText(without)}`],
  );
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function driftTable(drifted: readonly RankedFeature[]): string {
  const rows = drifted.slice(0, mostRows).map(({ feature, segment, observed, first, findings }) => {
    const where = segment === "" ? "" : ` ${markdownCode(segmentText(segment))}`;
    const name = `${markdownCode(feature)}${where}${observed ? " (observed)" : ""}`;
    const tests = findings.map(
      ({ test, statistic, limit }) => `${test} ${number(statistic)}${limit === undefined ? "" : ` / ${number(limit)}`}`,
    );
    const p = Math.min(...findings.map(({ pCorrected, pValue: own }) => pCorrected ?? own ?? 1));
    const cells = [
      name,
      percent(first.moved),
      markdownText(first.direction ?? ""),
      markdownText(tests.join(", ")),
      pValue(p),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const more = drifted.length > mostRows ? `\n\n… and ${drifted.length - mostRows} more that drifted` : "";
  const head = "| feature | moved | what moved where | tests: value / limit | p |\n| --- | ---: | --- | --- | ---: |";
  return `${head}\n${rows.join("\n")}${more}`;
}

function folded(steady: readonly RankedFeature[]): string {
  const names = steady
    .slice(0, mostNames)
    .map(({ feature, segment }) => markdownCode(segment === "" ? feature : `${feature} [${segmentText(segment)}]`));
  const more = steady.length > mostNames ? ` and ${steady.length - mostNames} more` : "";
  return `<details><summary>${steady.length} without drift</summary>\n\n${names.join(", ")}${more}\n\n</details>`;
}
