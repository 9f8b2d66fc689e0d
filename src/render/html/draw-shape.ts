import { formatNumber } from "../../core/drift/direction.ts";
import type { Evidence } from "../../core/drift/finding.ts";
import type { Bars, Histogram, Shape } from "../../core/drift/shape.ts";
import { percent } from "../format.ts";
import { sharesOf } from "../sparkline.ts";
import { htmlText } from "./page.ts";

/** Height of a drawing's own units; the page stretches it. */
const height = 100;
/** Width of the bars' own units, and the height of a row in pixels, as in the style. */
const [barWidth, row] = [100, 22];
/** A label is cut here: it has a place of its own, and the sentence below names it whole. */
const longestLabel = 48;

/** The baseline as an outline, the live values as a fill; what it shows is told in `label`. */
export function drawShape(shape: Shape, label: string): string {
  return shape.kind === "histogram" ? drawHistogram(shape, label) : drawBars(shape, label);
}

/** The bins that the tests used, where nothing finer is at hand. */
export function shapeOfEvidence({ kind, labels, baseline, window }: Evidence): Shape | undefined {
  if (labels.length === 0 || labels.length !== baseline.length) return undefined;
  const [before, now] = [sharesOf(baseline), sharesOf(window)];
  const bars = labels.map((one, i) => ({
    label: kind === "numeric" ? shortRange(one) : one,
    before: before[i] ?? 0,
    now: now[i] ?? 0,
  }));
  const ranked = bars.filter((bar) => bar.before > 0 || bar.now > 0);
  return ranked.length === 0 ? undefined : { kind: "bars", bars: ranked.slice(0, 12) };
}

/** `(0.30000000000000004, 0.5]` as `0.3 to 0.5`. */
function shortRange(label: string): string {
  const range = /^\((\S+), (\S+)\]$/.exec(label);
  if (range !== null) return `${formatNumber(Number(range[1]))} to ${formatNumber(Number(range[2]))}`;
  return label.replace(/-?\d\S*$/, (end) => formatNumber(Number(end)));
}

function drawHistogram({ low, high, logarithmic, before, now }: Histogram, label: string): string {
  const slots = before.length;
  const tallest = Math.max(...before, ...now, 1e-12);
  const steps = (shares: readonly number[]): string =>
    shares.map((share, i) => `V${short(height * (1 - share / tallest))}H${i + 1}`).join("");
  const middle = logarithmic ? Math.sqrt(low * high) : (low + high) / 2;
  const scale = logarithmic ? `${formatNumber(middle)} (logarithmic)` : formatNumber(middle);
  return `<div><svg class="drawing" viewBox="0 0 ${slots} ${height}" preserveAspectRatio="none" role="img" aria-label="${htmlText(label)}">
<path class="fill" d="M0 ${height}${steps(now)}V${height}Z"/><path class="floor" d="M0 ${height}H${slots}"/><path class="outline" d="M0 ${height}${steps(before)}V${height}"/></svg>
<div class="axis" aria-hidden="true"><span>${formatNumber(low)}</span><span>${scale}</span><span>${formatNumber(high)}</span></div></div>`;
}

function drawBars({ bars }: Bars, label: string): string {
  const widest = Math.max(...bars.flatMap((bar) => [bar.before, bar.now]), 1e-12);
  const bar = (share: number, i: number, gap: number): string => {
    const [top, bottom] = [i * row + gap, (i + 1) * row - gap];
    return `M0 ${top}H${short((barWidth * share) / widest)}V${bottom}H0`;
  };
  const filled = bars.flatMap(({ now }, i) => (now > 0 ? [`${bar(now, i, 6)}Z`] : [])).join("");
  const outlined = bars.flatMap(({ before }, i) => (before > 0 ? [bar(before, i, 3)] : [])).join("");
  const names = bars.map((one) => `<li>${htmlText(cut(one.label))}</li>`).join("");
  const shares = bars.map(({ before, now }) => `<li>${percent(before)} → ${percent(now)}</li>`).join("");
  return `<div class="bars"><ol>${names}</ol><svg style="height:${bars.length * row}px" viewBox="0 0 ${barWidth} ${bars.length * row}" preserveAspectRatio="none" role="img" aria-label="${htmlText(label)}">
<path class="fill" d="${filled}"/><path class="outline" d="${outlined}"/></svg><ol>${shares}</ol></div>`;
}

function cut(label: string): string {
  const characters = Array.from(label);
  return characters.length <= longestLabel ? label : `${characters.slice(0, longestLabel - 1).join("")}…`;
}

/** One decimal at most: less than a pixel. */
function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
