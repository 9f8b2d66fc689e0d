import type { BinLaw, BinSpread } from "../drift/bin-spread.ts";
import { hourBlocks } from "./hour-blocks.ts";
import type { HourlyGrid } from "./hourly-grid.ts";
import { type MeasuredSpread, measureSpread, usualGroups, usualLaw } from "./measured-spread.ts";
import { moderateRatios } from "./moderate-ratios.ts";
import { alikeParts, type GroupedLaw } from "./part-spreads.ts";

/** How the bins of a feature vary together between window-long blocks. */
export interface BinSpreads {
  /** By its own window-long blocks alone. */
  readonly own: BinSpread;
  /** After shorter blocks and the other features were asked. */
  readonly inForce: BinSpread;
}

/**
 * How the bins of every feature of a baseline vary together between blocks of hours as long as the window.
 *
 * There are few such blocks and many covariances. So these are taken from parts of the blocks where parts vary alike
 * (`alikeParts`), times how much more the whole blocks vary. What whole blocks say of sizes (the mean of the covariances
 * over the bins, against independent rows or against those of the parts) is shrunk towards the common value of the
 * features like design effects.
 *
 * @param stratumOf stratum of each hour of the grid, where the baseline is matched to the window's mix of them
 * @returns by the index of the feature; undefined where the blocks tell nothing
 */
export function binSpreads(
  grid: HourlyGrid,
  blockHours: number,
  stratumOf?: (hour: number) => number,
): readonly (BinSpreads | undefined)[] {
  const wholes = grid.features.map((feature) => {
    const whole = measureSpread(feature, hourBlocks(feature, grid.hours, blockHours, stratumOf));
    return whole === undefined ? undefined : { ...whole, sized: sizedOf(whole) };
  });
  const parts = alikeParts(
    grid,
    { blockHours, stratumOf },
    wholes.map((whole) => whole?.sized),
  );
  const sized = wholes.flatMap((whole, index) => {
    if (whole?.sized === undefined) return [];
    const { law, groups } = whole.sized;
    return [{ index, whole: whole.spread, law, free: Math.max(1, ...groups), part: parts[index] }];
  });
  const alone = shrink(sized.map((one) => ({ ...one, ratio: one.law.mixture.first / one.free })));
  const withParts = shrink(
    sized.flatMap((one) =>
      one.part === undefined
        ? []
        : [{ ...one, part: one.part, ratio: one.law.mixture.first / one.part.law.mixture.first }],
    ),
  );
  const inForce = new Map([
    ...alone.map(({ index, whole, ratio, value, lent }): [number, BinSpread] => [
      index,
      { ...whole, moderation: value / ratio, lent },
    ]),
    ...withParts.map(({ index, whole, part: { spread }, value, lent }): [number, BinSpread] => [
      index,
      { ...spread, moderation: value, lent: (lent * whole.degrees) / spread.degrees, ofParts: true },
    ]),
  ]);
  return wholes.map((whole, index) => whole && { own: whole.spread, inForce: inForce.get(index) ?? whole.spread });
}

/** What the other features make of what whole blocks say of the size: its value, and degrees over its own. */
function shrink<T extends { readonly ratio: number; readonly law: BinLaw }>(
  sizes: readonly T[],
): readonly (T & { readonly value: number; readonly lent: number })[] {
  const moderated = moderateRatios(
    sizes.map(({ ratio }) => ratio),
    sizes.map(({ law }) => law.degrees),
  );
  return sizes.map((size, i) => {
    const { value = size.ratio, degrees = size.law.degrees } = moderated[i] ?? {};
    return { ...size, value, lent: degrees / size.law.degrees };
  });
}

function sizedOf(whole: MeasuredSpread): GroupedLaw | undefined {
  const groups = usualGroups(whole);
  const law = usualLaw(whole.spread, groups);
  return law === undefined ? undefined : { law, groups };
}
