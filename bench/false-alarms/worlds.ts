import type { GridFeature, HourlyGrid } from "../../src/core/calibration/hourly-grid.ts";
import { cellOf, cellShares, type SimulatedFeature } from "./features.ts";
import type { Draws } from "./random.ts";

/** A change of one feature's latent values. */
export interface Change {
  readonly name: string;
  readonly shift: number;
  readonly scale: number;
}

export const unchanged: Change = { name: "none", shift: 0, scale: 1 };

/** How rows depend on each other. Windows are 24 h unless said; nothing changes for good in any of them. */
export type Dependence =
  | { readonly kind: "independent" }
  | { readonly kind: "autoregressive"; readonly correlation: number }
  | { readonly kind: "daily"; readonly strength: number }
  | { readonly kind: "entities"; readonly rowsEach: number; readonly correlation: number };

/** Counts of `hours` hours: for each feature hours times cells. `changeOf` says how a feature's rows differ. */
export function simulate(
  features: readonly SimulatedFeature[],
  dependence: Dependence,
  rowsPerHour: number,
  hours: number,
  draws: Draws,
  changeOf: (feature: number) => Change = () => unchanged,
): readonly Float64Array[] {
  return features.map((feature, index) => {
    const cells = new Float64Array(hours * (feature.edges.length + 1));
    const change = changeOf(index);
    if (dependence.kind === "autoregressive") walk(cells, feature, dependence.correlation, rowsPerHour, draws, change);
    else if (dependence.kind === "entities") visit(cells, feature, dependence, rowsPerHour, draws, change);
    else {
      const swing = dependence.kind === "daily" ? dependence.strength * Math.SQRT2 : 0;
      scatter(cells, feature, swing, rowsPerHour, draws, change);
    }
    return cells;
  });
}

/** Independent rows around a daily cycle: only counts are drawn. */
function scatter(
  cells: Float64Array,
  feature: SimulatedFeature,
  swing: number,
  rowsPerHour: number,
  draws: Draws,
  { shift, scale }: Change,
): void {
  const width = feature.edges.length + 1;
  const scaled = Math.sqrt(1 + (swing * swing) / 2);
  const byHour = Array.from({ length: swing === 0 ? 1 : 24 }, (_, hour) =>
    cellShares(feature, (swing * Math.sin((2 * Math.PI * hour) / 24)) / scaled + shift, scale / scaled),
  );
  for (let hour = 0; hour * width < cells.length; hour += 1) {
    const shares = byHour[hour % byHour.length] ?? new Float64Array(width);
    let [rows, share] = [rowsPerHour, 1];
    for (let cell = 0; cell < width && rows > 0; cell += 1) {
      const here = shares[cell] ?? 0;
      const count = cell === width - 1 ? rows : draws.binomial(rows, Math.min(1, here / share));
      cells[hour * width + cell] = count;
      rows -= count;
      share = Math.max(1e-12, share - here);
    }
  }
}

/** Row after row of an AR(1) with standard normal values. */
function walk(
  cells: Float64Array,
  { edges }: SimulatedFeature,
  correlation: number,
  rowsPerHour: number,
  draws: Draws,
  { shift, scale }: Change,
): void {
  const width = edges.length + 1;
  const noise = Math.sqrt(1 - correlation * correlation);
  let latent = draws.normal();
  for (let hour = 0; hour * width < cells.length; hour += 1)
    for (let row = 0; row < rowsPerHour; row += 1) {
      latent = correlation * latent + noise * draws.normal();
      const at = hour * width + cellOf(edges, latent * scale + shift);
      cells[at] = (cells[at] ?? 0) + 1;
    }
}

/** Entities that come at random and leave their rows, alike among themselves, over the next 24 hours. */
function visit(
  cells: Float64Array,
  { edges }: SimulatedFeature,
  { rowsEach, correlation }: { readonly rowsEach: number; readonly correlation: number },
  rowsPerHour: number,
  draws: Draws,
  { shift, scale }: Change,
): void {
  const width = edges.length + 1;
  const hours = cells.length / width;
  const [common, own] = [Math.sqrt(correlation), Math.sqrt(1 - correlation)];
  for (let arrival = -24; arrival < hours; arrival += 1) {
    const entities = draws.poisson(rowsPerHour / rowsEach);
    for (let entity = 0; entity < entities; entity += 1) {
      const level = draws.normal();
      for (let row = 0; row < rowsEach; row += 1) {
        const hour = arrival + Math.floor(draws.uniform() * 24);
        const cell = cellOf(edges, (common * level + own * draws.normal()) * scale + shift);
        if (hour < 0 || hour >= hours) continue;
        cells[hour * width + cell] = (cells[hour * width + cell] ?? 0) + 1;
      }
    }
  }
}

/** The grid of a simulated baseline: neighbouring cells joined to about sixty, and no missing values. */
export function gridOf(features: readonly SimulatedFeature[], cells: readonly Float64Array[]): HourlyGrid {
  const grid = features.map((feature, index) => gridFeature(feature, cells[index] ?? new Float64Array(0)));
  const first = grid[0];
  return { firstHour: 0, hours: first === undefined ? 0 : first.cells.length / first.width, features: grid };
}

function gridFeature({ name, kind, edges, binOf, onePoint, bins }: SimulatedFeature, fine: Float64Array): GridFeature {
  const width = edges.length + 1;
  const joined: number[] = [];
  const ends: number[] = [];
  for (let cell = 0; cell < width; cell += 1) {
    const last = joined.length === 0 ? -1 : (joined[joined.length - 1] ?? 0);
    const opens = cell === 0 || onePoint || binOf[cell] !== binOf[cell - 1] || cell - (ends[last] ?? 0) >= width / 60;
    if (opens) ends.push(cell);
    joined.push(ends.length - 1);
  }
  const own = ends.map((cell) => binOf[cell] ?? 0);
  // One cell for the missing values, which the simulated features do not have.
  const grown = ends.length + 1;
  const cells = new Float64Array((fine.length / width) * grown);
  for (let i = 0; i < fine.length; i += 1) {
    const at = Math.floor(i / width) * grown + (joined[i % width] ?? 0);
    cells[at] = (cells[at] ?? 0) + (fine[i] ?? 0);
  }
  const shape = { binOf: Int32Array.from([...own, bins]), bins: bins + 1, onePoint };
  return { name, kind, cells, width: grown, ...shape, ordered: kind === "numeric" ? ends.length : 0 };
}
