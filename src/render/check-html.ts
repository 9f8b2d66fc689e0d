import type { QualityFinding } from "../core/drift/finding.ts";
import { type RankedFeature, rankFeatures } from "../core/drift/rank-features.ts";
import { isUnmeasurable, worsening } from "../core/metrics/metric.ts";
import type { CheckReport } from "./check-report.ts";
import { explanationEvidence, explanationText } from "./explanation-text.ts";
import { estimate, instant, number, percent } from "./format.ts";
import { headline } from "./headline.ts";
import { featureCard } from "./html/feature-card.ts";
import { htmlPage, htmlText } from "./html/page.ts";
import { segmentText } from "./segment-words.ts";
import { marks } from "./verdict-mark.ts";

/**
 * A check as one page that stands alone: the verdict, which rows carry it, every feature drawn (baseline as an outline,
 * live as a fill) with what moved where and its limits; what drifted first. No script, nothing from the network.
 */
export function checkHtml(report: CheckReport): string {
  const ranked = rankFeatures(report.findings);
  const drifted = ranked.filter((one) => one.drifted);
  const steady = ranked.filter((one) => !one.drifted);
  const title = headline(report, ranked);
  const body = [
    header(report, title),
    which(report),
    notes(report, "critical"),
    unseenSegments(report),
    drifted.length === 0 ? "" : `<h2>What drifted</h2>${key}${cards(drifted, report)}`,
    steady.length === 0 ? "" : folded(steady, report, drifted.length === 0),
    performance(report),
    notes(report, "notice"),
    footer(report),
  ];
  return htmlPage(`${marks[report.verdict]}: ${title}`, body.filter((part) => part !== "").join("\n"));
}

/** What outline and fill stand for. */
const key = `<p class="key"><span><svg viewBox="0 0 26 14" aria-hidden="true"><path class="outline" d="M1 13V5H9V1H17V7H25V13"/></svg>outline: baseline</span><span><svg viewBox="0 0 26 14" aria-hidden="true"><path class="fill" d="M0 14V9H8V5H16V2H26V14Z"/></svg>fill: live</span></p>`;

function header({ verdict, window, baseline }: CheckReport, title: string): string {
  const when = "start" in window ? `${instant(window.start)} to ${instant(window.end)}: ` : "";
  const of = baseline.version === undefined ? "" : ` of version ${htmlText(baseline.version)}`;
  return `<header><span class="badge ${verdict}">${marks[verdict]}</span><h1>${htmlText(upperFirst(title))}</h1>
<p class="soft">${when}${number(window.rows)} rows against ${number(baseline.rows)} of the baseline${of}</p></header>`;
}

function which({ explanation }: CheckReport): string {
  if (explanation === undefined) return "";
  const [words, evidence] = [explanationText(explanation), explanationEvidence(explanation)];
  return `<section class="box which"><p class="label">Which rows</p><p><strong>${htmlText(explanation.whole ? upperFirst(words) : words)}</strong></p>
${evidence === undefined ? "" : `<p class="soft small">${htmlText(upperFirst(evidence))}.</p>`}</section>`;
}

function notes({ quality }: CheckReport, severity: QualityFinding["severity"]): string {
  const found = quality.filter((finding) => finding.severity === severity);
  if (found.length === 0) return "";
  const [mark, title] =
    severity === "critical"
      ? ['<span class="critical" role="img" aria-label="critical">✗</span>', "<h2>Broken input</h2>"]
      : ['<span class="soft" aria-hidden="true">·</span>', "<h2>Also seen</h2>"];
  const lines = found.map(({ message }) => `<li>${mark}<span>${htmlText(message)}</span></li>`);
  return `${title}<ul class="notes box">${lines.join("")}</ul>`;
}

function unseenSegments({ segments = [] }: CheckReport): string {
  const lines = segments.flatMap(({ segment, without }) =>
    without === undefined
      ? []
      : [
          `<li><span class="soft" aria-hidden="true">?</span><span>${htmlText(`${segmentText(segment)}: ${without}`)}</span></li>`,
        ],
  );
  return lines.length === 0
    ? ""
    : `<h2>Segments that cannot be judged</h2><ul class="notes box">${lines.join("")}</ul>`;
}

function cards(ranked: readonly RankedFeature[], { shapes }: CheckReport): string {
  const drawn = ranked.map((one) => featureCard(one, one.segment === "" ? shapes?.get(one.feature) : undefined));
  return `<div class="grid">${drawn.join("\n")}</div>`;
}

function folded(steady: readonly RankedFeature[], report: CheckReport, open: boolean): string {
  const what = `${steady.length} feature${steady.length === 1 ? "" : "s"} without drift`;
  return `<details${open ? " open" : ""}><summary>${what}</summary>${open ? key : ""}${cards(steady, report)}</details>`;
}

function performance({ performance: measured }: CheckReport): string {
  if (measured.length === 0) return "";
  const rows = measured.map(({ metric, now, promised }) => {
    const worse = isUnmeasurable(now) || promised === undefined ? undefined : worsening(promised, now, metric);
    const mark = worse !== undefined && worse.lower > 0 ? '<span class="warning">▲</span> ' : "";
    const cells = [
      `${mark}${metric}`,
      promised === undefined ? "not measured" : estimate(promised),
      isUnmeasurable(now) ? htmlText(now.reason) : estimate(now),
      worse === undefined ? "" : estimate(worse),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return `<h2>Performance</h2><div class="box scroll"><table class="data"><thead><tr><th>metric</th><th>promised</th><th>now</th><th>worse by</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function footer({ rules }: CheckReport): string {
  const floor =
    rules === undefined
      ? "as many rows as the policy's floor asks for, or more,"
      : `${percent(rules.floor)} of the rows or more`;
  const alarms =
    rules === undefined
      ? "Limits follow from the policy's alarm budget."
      : `Limits are set so that the whole comparison raises a false alarm with a chance of at most ${percent(rules.alarmRate)}.`;
  return `<footer><p>A feature drifted (▲) when a test reached its limit, the line in the middle of its bar, and ${floor} have moved, by an estimate that leaves out what chance alone moves.</p><p>${alarms}</p></footer>`.replaceAll(
    " %",
    "\u00a0%",
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
