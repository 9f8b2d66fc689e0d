import type { FeatureLimits } from "../core/calibration/describe-limits.ts";
import {
  baselineOf,
  type CalibrationReport,
  calibrationSentences,
  limitsText,
  ruledByText,
  smallestText,
} from "./calibration-report.ts";
import { percent } from "./format.ts";
import { htmlPage, htmlText } from "./html/page.ts";

const height = 30;
const left = 230;
const right = 900;

/** A calibration as one page: a bar for each feature up to the smallest change that is seen, and the floor as a line. */
export function calibrationHtml(report: CalibrationReport): string {
  const { model, calibration } = report;
  const title = `${model}: what its alarm budget comes to`;
  const sentences = calibrationSentences(report).map((text) => `<li>${htmlText(text)}</li>`);
  const rows = calibration.features.map(
    (feature) =>
      `<tr><td>${htmlText(feature.feature)}</td><td>${htmlText(limitsText(feature))}</td><td>${htmlText(smallestText(feature))}</td><td>${htmlText(ruledByText(feature))}</td></tr>`,
  );
  const body = `<header><h1>${htmlText(title)}</h1><p class="soft">${htmlText(baselineOf(report))}</p></header>
<ul class="notes" style="padding:12px 0 0">${sentences.join("")}</ul>
<h2>Smallest change seen in four windows of five</h2>
<div class="box">${drawing(calibration.features, calibration.floor)}</div>
<h2>Limits</h2>
<div class="box" style="overflow-x:auto"><table style="border-spacing:22px 6px;margin:0 -22px;text-align:left"><thead><tr><th>feature</th><th>limits</th><th>smallest change</th><th>what rules it</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
  return htmlPage(title, body);
}

function drawing(features: readonly FeatureLimits[], floor: number): string {
  const seen = features.map(({ smallestChange }) => smallestChange ?? 1);
  const widest = Math.min(1, Math.max(0.2, floor * 2, ...seen) * 1.05);
  const x = (share: number) => (left + (Math.min(share, widest) / widest) * (right - left)).toFixed(1);
  const bottom = features.length * height + 10;
  const bars = features.map((feature, i) => {
    const y = i * height + 10;
    const end = x(feature.smallestChange ?? widest);
    const texture = feature.ruledBy === "floor" ? 0.45 : feature.ruledBy === "budget" ? 0.75 : 1;
    return `<text x="${left - 10}" y="${y + 14}" text-anchor="end">${htmlText(shorten(feature.feature))}</text><rect x="${left}" y="${y}" width="${(Number(end) - left).toFixed(1)}" height="18" rx="3" fill="var(--live)" opacity="${texture}"/><text x="${Number(end) + 8}" y="${y + 14}">${htmlText(`${smallestText(feature)}, ${ruledByText(feature)}`)}</text>`;
  });
  return `<svg viewBox="0 0 1180 ${bottom + 30}" width="100%" role="img" aria-label="Smallest change of each feature that is seen" font-size="13" fill="var(--ink)">${bars.join("")}<line x1="${x(floor)}" x2="${x(floor)}" y1="4" y2="${bottom}" stroke="var(--drift)" stroke-dasharray="4 3" stroke-width="1.5"/><text x="${x(floor)}" y="${bottom + 18}" text-anchor="middle" fill="var(--drift)">floor ${htmlText(percent(floor))}</text></svg>`;
}

/** Names fit beside the bars. */
function shorten(name: string): string {
  return name.length > 30 ? `${name.slice(0, 29)}…` : name;
}
