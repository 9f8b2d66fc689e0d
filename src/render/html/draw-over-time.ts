import type { TimeWindow, WindowLength } from "../../core/drift/windows.ts";
import { type FeatureOverTime, windowName } from "../windows-report.ts";
import { htmlText } from "./page.ts";

const height = 32;

/** Wider bars in pixels say nothing more. */
const widestBar = 30;

/** Bars of a drawing at most: neighbouring windows share one where there are more. */
const mostBars = 240;

/** The width that windows take, for what stands below their drawing. */
export function widthOverTime(windows: readonly TimeWindow[]): string {
  return `max-width:${barsOf(windows).bars * widestBar}px`;
}

/** Windows that share a bar. */
export function windowsPerBar(windows: readonly TimeWindow[]): number {
  return barsOf(windows).each;
}

function barsOf(windows: readonly TimeWindow[]): { readonly bars: number; readonly each: number } {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return { bars: 0, each: 1 };
  const slots = Math.round((+last.end - +first.start) / (+first.end - +first.start));
  const each = Math.ceil(slots / mostBars);
  return { bars: Math.ceil(slots / each), each };
}

interface Bar {
  readonly ratio: number | undefined;
  readonly drifted: boolean;
}

/** The bar of each place in time that has windows: the largest of theirs. */
function gatherBars(over: FeatureOverTime, windows: readonly TimeWindow[]): ReadonlyMap<number, Bar> {
  const found = new Map<number, Bar>();
  const { each } = barsOf(windows);
  const [start, length] = [+(windows[0]?.start ?? 0), +(windows[0]?.end ?? 1) - +(windows[0]?.start ?? 0)];
  for (const [i, window] of windows.entries()) {
    const at = Math.floor(Math.round((+window.start - start) / length) / each);
    const [before, ratio] = [found.get(at), over.intensities[i]];
    const larger = ratio === undefined ? before?.ratio : Math.max(ratio, before?.ratio ?? 0);
    found.set(at, { ratio: larger, drifted: before?.drifted === true || over.drifted[i] === true });
  }
  return found;
}

/**
 * One feature over time: a bar a window, as tall as its largest statistic over the limit, which is the line in the
 * middle. Windows that drifted are dark and marked above, so that neither colour nor height alone tells them. A window
 * that could not be judged is a dotted line on the ground, one without rows is a gap.
 */
export function drawOverTime(over: FeatureOverTime, windows: readonly TimeWindow[], by: WindowLength): string {
  const paths = { steady: "", drifted: "", unsure: "" };
  for (const [x, { ratio, drifted }] of gatherBars(over, windows)) {
    const tall = ratio === undefined ? 0 : Math.max(1.5, (height * ratio) / (1 + ratio));
    const bar = `M${x} ${height}v-${Math.round(tall * 10) / 10}h.84V${height}Z`;
    if (ratio === undefined) paths.unsure += `M${x} ${height}h.84`;
    else if (drifted) paths.drifted += `${bar}M${x}.2 -2l.22 -6l.22 6Z`;
    else paths.steady += bar;
  }
  const since = windows.find((_, i) => over.drifted[i] === true);
  const when =
    since === undefined
      ? "no drift"
      : `drifted in ${over.times} of ${windows.length} ${by}s, first ${windowName(since, by)}`;
  return `<svg class="over" style="${widthOverTime(windows)}" viewBox="0 -9 ${barsOf(windows).bars} ${height + 10}" preserveAspectRatio="none" role="img" aria-label="${htmlText(`${over.feature}: ${when}`)}"><path class="steady-bar" d="${paths.steady}"/><path class="drift-bar" d="${paths.drifted}"/><path class="unsure" d="${paths.unsure}"/><path class="limit" d="M0 ${height / 2}H${barsOf(windows).bars}"/></svg>`;
}
