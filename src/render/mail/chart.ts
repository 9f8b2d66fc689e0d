import type { Evidence } from "../../core/drift/finding.ts";
import { plainText } from "../plain-text.ts";
import { sharesOf } from "../sparkline.ts";
import type { Bin, Chart } from "./sections.ts";

/** Categories that are drawn: those that moved most. */
const shownCategories = 5;

/** Longest name of a category or a bin beside a bar. */
const longestLabel = 24;

/** The bins behind a finding as a chart; nothing where its values are not to be seen. */
export function chartOf({ kind, labels, baseline, window }: Evidence): Chart | undefined {
  const [before, after] = [sharesOf(baseline), sharesOf(window)];
  // The last bin is that of missing values, which has no place in an order of numbers.
  const bins = (kind === "numeric" ? labels.slice(0, -1) : labels)
    .map(
      (label, i): Bin => ({
        label: shorten(kind === "numeric" ? rounded(label) : label),
        baseline: before[i] ?? 0,
        live: after[i] ?? 0,
      }),
    )
    .filter((bin) => bin.baseline > 0 || bin.live > 0);
  if (bins.length === 0) return undefined;
  if (kind === "numeric") return { shape: "histogram", bins };
  const moved = (bin: Bin) => Math.abs(bin.live - bin.baseline);
  const most = [...bins].sort((one, other) => moved(other) - moved(one)).slice(0, shownCategories);
  return { shape: "bars", bins: most };
}

/** Ends of ranges with four digits: `<= 16.5141` is `<= 16.51`. */
function rounded(label: string): string {
  return label.replace(/-?\d+\.\d+(?:e[+-]?\d+)?/g, (number) => String(Number(Number(number).toPrecision(4))));
}

function shorten(label: string): string {
  const plain = plainText(label);
  return plain.length <= longestLabel ? plain : `${plain.slice(0, longestLabel - 1).toWellFormed()}…`;
}
