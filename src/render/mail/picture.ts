import type { Bin, Chart } from "./sections.ts";

/**
 * Both are told apart on white and on the dark of mail programs (contrast of 3 and more on either), and by their form
 * where colours are few: the baseline is an outline, live a fill.
 */
export const pictureColours = { baseline: "#7c8796", live: "#2979d1" } as const;

/** Of a row of a bar chart: two lines of the name beside it. */
export const barRowHeight = 34;

/** Bins that are drawn at most. */
const mostBins = 60;

const wide = { histogram: 440, bars: 160 } as const;
const histogramHeight = 56;

/** Size in CSS pixels; a picture has twice as many of its own, for fine screens. */
export function pictureSize({ shape, bins }: Chart): { readonly width: number; readonly height: number } {
  return {
    width: wide[shape],
    height: shape === "histogram" ? histogramHeight : barRowHeight * Math.min(mostBins, bins.length),
  };
}

/**
 * A chart as an SVG of rectangles alone, its background clear: no text and no fonts, so nothing that comes from outside
 * is in it but shares, which are held to [0, 1].
 */
export function pictureSvg(chart: Chart): string {
  const { width, height } = pictureSize(chart);
  const bins = chart.bins.slice(0, mostBins).map(({ label, baseline, live }): Bin => {
    return { label, baseline: held(baseline), live: held(live) };
  });
  const highest = Math.max(...bins.flatMap(({ baseline, live }) => [baseline, live])) || 1;
  const drawn = chart.shape === "histogram" ? columns(bins, highest) : bars(bins, highest);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${drawn}</svg>`;
}

function held(share: number): number {
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}

/** Two columns a bin, side by side, on one line. */
function columns(bins: readonly Bin[], highest: number): string {
  const [step, foot] = [wide.histogram / bins.length, histogramHeight - 1];
  const column = (share: number, left: number, side: keyof typeof pictureColours): string => {
    const tall = share === 0 ? 0 : Math.max(2, (share / highest) * (foot - 2));
    return rectangle(left, foot - tall, step * 0.42, tall, side);
  };
  const pairs = bins.map(
    ({ baseline, live }, i) =>
      column(baseline, step * (i + 0.05), "baseline") + column(live, step * (i + 0.52), "live"),
  );
  return `${pairs.join("")}<path d="M0 ${foot + 0.5}H${wide.histogram}" stroke="${pictureColours.baseline}"/>`;
}

/** Two bars a row, one above the other, beside their name. */
function bars(bins: readonly Bin[], highest: number): string {
  const bar = (share: number, top: number, side: keyof typeof pictureColours): string =>
    rectangle(0, top, share === 0 ? 0 : Math.max(2, (share / highest) * wide.bars), 10, side);
  return bins
    .map(
      ({ baseline, live }, row) =>
        bar(baseline, barRowHeight * row + 5, "baseline") + bar(live, barRowHeight * row + 18, "live"),
    )
    .join("");
}

function rectangle(x: number, y: number, width: number, height: number, side: keyof typeof pictureColours): string {
  if (width <= 0 || height <= 0) return "";
  if (side === "live") return shape(x, y, width, height, `fill="${pictureColours.live}"`);
  // A line lies on both sides of its path: it is drawn within.
  const [line, colour] = [1.5, pictureColours.baseline];
  if (width <= line * 2 || height <= line * 2) return shape(x, y, width, height, `fill="${colour}"`);
  const inner = [x + line / 2, y + line / 2, width - line, height - line] as const;
  return shape(...inner, `fill="none" stroke="${colour}" stroke-width="${line}"`);
}

function shape(x: number, y: number, width: number, height: number, paint: string): string {
  const [left, top, across, down] = [x, y, width, height].map((value) => Number(value.toFixed(2)));
  return `<rect x="${left}" y="${top}" width="${across}" height="${down}" ${paint}/>`;
}
