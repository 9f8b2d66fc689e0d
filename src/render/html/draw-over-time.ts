import type { TimeWindow, WindowLength } from "../../core/drift/windows.ts";
import { type FeatureOverTime, windowName } from "../windows-report.ts";
import { htmlText } from "./page.ts";

const height = 32;

/** Wider bars in pixels say nothing more. */
const widestBar = 30;

/** The width that windows take, for what stands below their drawing. */
export function widthOverTime(windows: readonly TimeWindow[]): string {
  return `max-width:${slotsOf(windows) * widestBar}px`;
}

function slotsOf(windows: readonly TimeWindow[]): number {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return 0;
  return Math.round((+last.end - +first.start) / (+first.end - +first.start));
}

/**
 * One feature over time: a bar a window, as tall as its largest statistic over the limit, which is the line in the
 * middle. Windows that drifted are dark and marked above, so that neither colour nor height alone tells them. Where no
 * window could be judged there is a gap with a dot.
 */
export function drawOverTime(over: FeatureOverTime, windows: readonly TimeWindow[], by: WindowLength): string {
  const first = windows[0];
  if (first === undefined) return "";
  const [length, slots] = [+first.end - +first.start, slotsOf(windows)];
  const paths = { steady: "", drifted: "", marked: "", unsure: "" };
  for (const [i, window] of windows.entries()) {
    const x = Math.round((+window.start - +first.start) / length);
    const ratio = over.intensities[i];
    const top = ratio === undefined ? height : height - Math.max(1.5, (height * ratio) / (1 + ratio));
    const bar = `M${x} ${height}V${Math.round(top * 10) / 10}h.84V${height}Z`;
    if (ratio === undefined) paths.unsure += `M${x} ${height}h.84`;
    else if (over.drifted[i] === true) {
      paths.drifted += bar;
      paths.marked += `M${x + 0.2} -2l.22 -6l.22 6Z`;
    } else paths.steady += bar;
  }
  const since = windows.find((_, i) => over.drifted[i] === true);
  const when =
    since === undefined
      ? "no drift"
      : `drifted in ${over.times} of ${windows.length} ${by}s, first ${windowName(since, by)}`;
  return `<svg class="over" style="${widthOverTime(windows)}" viewBox="0 -9 ${slots} ${height + 10}" preserveAspectRatio="none" role="img" aria-label="${htmlText(`${over.feature}: ${when}`)}"><path class="steady-bar" d="${paths.steady}"/><path class="drift-bar" d="${paths.drifted}${paths.marked}"/><path class="unsure" d="${paths.unsure}"/><path class="limit" d="M0 ${height / 2}H${slots}"/></svg>`;
}
