import type { Evidence } from "./finding.ts";

/** A cell (a category, a bin, a segment) of fewer rows says something about single people: it never leaves. */
export const fewestRows = 10;

/** What stands in the place of what may not be told. */
export const tooFewRows = "fewer than 10 rows";

/** Whether a count of rows may be told: nobody is in it, or enough are. */
export function isTellable(rows: number): boolean {
  return rows === 0 || rows >= fewestRows;
}

/**
 * Bins as they may leave, each of them the bins of the evidence that it holds. Bins of few rows are put together until no
 * side of any has 1 to 9 rows, so that none follows from the others and the total either: numbers with their neighbours,
 * categories all in one, with the next smallest where they would still be too few. Undefined where that cannot be.
 *
 * @returns the numbers of the bins, in order; those of the missing values are apart and last
 */
export function tellableBins({ kind, labels, baseline, window }: Evidence): readonly (readonly number[])[] | undefined {
  const bins = labels.map((_, bin) => bin);
  const rows = (group: readonly number[], side: readonly number[]): number =>
    group.reduce((sum, bin) => sum + (side[bin] ?? 0), 0);
  const fits = (group: readonly number[]): boolean =>
    isTellable(rows(group, baseline)) && isTellable(rows(group, window));
  const ranges = kind === "numeric" && labels.at(-2) !== "other";
  const groups = ranges
    ? neighbours(bins.slice(0, -1), bins.slice(-1), fits)
    : together(bins, { baseline, window, fits });
  if (groups.every(fits)) return groups;
  return fits(bins) ? [bins] : undefined;
}

type Fits = (group: readonly number[]) => boolean;

/** Ranges of numbers: each is widened until it fits; what is left over at the end goes to the one before. */
function neighbours(ranges: readonly number[], missing: readonly number[], fits: Fits): readonly (readonly number[])[] {
  const groups: number[][] = [];
  let open: number[] = [];
  for (const bin of ranges) {
    open.push(bin);
    if (!fits(open)) continue;
    groups.push(open);
    open = [];
  }
  const apart = fits(missing);
  // Few missing values hide among those of the last ranges: no difference tells their number then.
  if (!apart) open.push(...missing);
  while (open.length > 0) {
    open = [...(groups.pop() ?? []), ...open];
    if (!fits(open) && groups.length > 0) continue;
    groups.push(open);
    break;
  }
  return apart ? [...groups, missing] : groups;
}

/** Categories: those of few rows in one, and the smallest of the others until it fits. */
function together(
  bins: readonly number[],
  { baseline, window, fits }: Pick<Evidence, "baseline" | "window"> & { readonly fits: Fits },
): readonly (readonly number[])[] {
  const size = (bin: number): number => Math.max(baseline[bin] ?? 0, window[bin] ?? 0);
  const rare = bins.filter((bin) => !fits([bin]));
  if (rare.length === 0) return bins.map((bin) => [bin]);
  const others = bins.filter((bin) => fits([bin]) && size(bin) > 0).sort((one, other) => size(one) - size(other));
  const pool = [...rare];
  while (!fits(pool) && others.length > 0) pool.push(...others.splice(0, 1));
  const pooled = new Set(pool);
  return [...bins.filter((bin) => !pooled.has(bin)).map((bin) => [bin]), pool.sort((one, other) => one - other)];
}
