import { intensity } from "../core/drift/windows.ts";
import { number, percent } from "./format.ts";
import { drawOverTime, widthOverTime, windowsPerBar } from "./html/draw-over-time.ts";
import { htmlPage, htmlText } from "./html/page.ts";
import { marks } from "./verdict-mark.ts";
import {
  driftedFeatures,
  type FeatureOverTime,
  featuresOverTime,
  type WindowReport,
  type WindowsReport,
  windowName,
  windowsHeadline,
  windowsVerdict,
} from "./windows-report.ts";

/** Features drawn, and windows listed, at most. */
const [mostDrifted, mostSteady, mostWindows] = [40, 20, 400];

/** A check window by window as one page that stands alone: every feature over time, then every window. */
export function windowsHtml(report: WindowsReport): string {
  const { windows, by, baselineRows, liveRows, rules, quality } = report;
  const title = windowsHeadline(report);
  const verdict = windowsVerdict(report);
  const features = featuresOverTime(windows);
  const drifted = features.filter(({ times }) => times > 0);
  const steady = features.filter(({ times }) => times === 0);
  const broken = quality.filter(({ severity }) => severity === "critical");
  const seen = quality.filter(({ severity }) => severity !== "critical");
  const body = [
    `<header><span class="badge ${verdict}">${marks[verdict]}</span><h1>${htmlText(title.charAt(0).toUpperCase() + title.slice(1))}</h1>
<p class="soft">${number(liveRows)} rows against ${number(baselineRows)} of the baseline</p></header>`,
    notes("Broken input", '<span class="critical">✗</span>', broken),
    windows.length === 0
      ? ""
      : `<h2>Drift over time</h2>${keyOf(windows, by)}<div class="box">${strips([overall(windows), ...drifted], report, mostDrifted)}</div>`,
    steady.length === 0
      ? ""
      : `<details><summary>${steady.length} feature${steady.length === 1 ? "" : "s"} without drift</summary><div class="box">${strips(steady, report, mostSteady)}</div></details>`,
    windows.length === 0 ? "" : `<h2>Every ${by}</h2>${table(report)}`,
    notes("Also seen", '<span class="soft" aria-hidden="true">·</span>', seen),
    `<footer><p>A feature drifted (▲) in a ${by} when a test reached its limit and ${percent(rules.floor)} of the rows or more have moved, by an estimate that leaves out what chance alone moves.</p>
<p>Each ${by} is judged on its own, with a chance of a false alarm of ${percent(rules.alarmRate)}: ${number(Number((rules.alarmRate * windows.length).toPrecision(2)))} false alarms are to be expected in ${windows.length} ${by}s without any change. A ${by} in which no row fell is left out.</p></footer>`,
  ];
  return htmlPage(`${marks[verdict]}: ${title}`, body.filter((part) => part !== "").join("\n"));
}

function notes(title: string, mark: string, findings: WindowsReport["quality"]): string {
  const items = findings.map(({ message }) => `<li>${mark}<span>${htmlText(message)}</span></li>`);
  return items.length === 0 ? "" : `<h2>${title}</h2><ul class="notes box">${items.join("")}</ul>`;
}

function keyOf(windows: readonly WindowReport[], by: WindowsReport["by"]): string {
  const each = windowsPerBar(windows);
  const bar = each === 1 ? `a bar a ${by}` : `a bar for ${each} ${by}s`;
  return `<p class="key"><span><svg viewBox="0 0 26 14" aria-hidden="true"><path class="steady-bar" d="M3 14V10H10V14Z"/><path class="drift-bar" d="M16 14V5H23V14ZM17.5 4l2 -4l2 4Z"/><path class="limit" d="M0 8H26"/></svg>${bar}, as tall as the largest statistic over the limit (the line); ▲ where it drifted</span></p>`;
}

function overall(windows: readonly WindowReport[]): FeatureOverTime {
  const drifted = windows.map((window) => driftedFeatures(window).length > 0);
  const intensities = windows.map(({ findings }) => intensity(findings));
  return { feature: "largest of all features", intensities, drifted, times: drifted.filter(Boolean).length };
}

function strips(features: readonly FeatureOverTime[], { windows, by }: WindowsReport, most: number): string {
  const drawn = features.slice(0, most).map((one) => {
    const mark = one.times > 0 ? '<span class="mark" aria-hidden="true">▲</span> ' : "";
    return `<div class="strip"><h3>${mark}${htmlText(one.feature)}</h3>${drawOverTime(one, windows, by)}<span class="small soft">${one.times} of ${windows.length}</span></div>`;
  });
  const more = features.length > most ? `<p class="small soft">and ${features.length - most} more</p>` : "";
  const [first, last] = [windows[0], windows.at(-1)];
  const ends =
    first === undefined || last === undefined
      ? ""
      : `<div class="strip" aria-hidden="true"><span></span><div class="axis" style="${widthOverTime(windows)}"><span>${windowName(first, by)}</span><span>${windowName(last, by)}</span></div><span></span></div>`;
  return drawn.join("\n") + more + ends;
}

function table(report: WindowsReport): string {
  const { windows, by } = report;
  const rows = windows.slice(-mostWindows).map((window) => {
    const drifted = driftedFeatures(window);
    const largest = intensity(window.findings);
    const broken = window.quality.filter(({ severity }) => severity === "critical").map(({ message }) => message);
    const more = drifted.length > 8 ? ` and ${drifted.length - 8} more` : "";
    const silent = window.verdict === "inconclusive" ? [window.reason ?? ""] : [];
    const named = drifted.length === 0 ? [] : [drifted.slice(0, 8).join(", ") + more];
    return `<tr><td>${windowName(window, by)}</td><td class="n">${number(window.rows)}</td><td><span class="${window.verdict}">${marks[window.verdict]}</span></td><td class="n">${largest === undefined ? "" : number(largest)}</td><td>${[...broken, ...silent, ...named].map(htmlText).join("; ")}</td></tr>`;
  });
  return `<div class="box scroll"><table class="data"><thead><tr><th>${by}</th><th class="n">rows</th><th>verdict</th><th class="n">largest / limit</th><th>drifted</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}
