import { normalCdf } from "../../src/core/statistics/normal-cdf.ts";
import { normalQuantile } from "../../src/core/statistics/normal-quantile.ts";

/**
 * A feature of a simulated world. Every feature is a function of a latent standard normal value, cut into cells, so that
 * one way of drawing dependent rows serves numbers, binaries and categories.
 */
export interface SimulatedFeature {
  readonly name: string;
  readonly kind: "numeric" | "categorical";
  /** Upper ends of the cells on the latent scale; the last cell is open. */
  readonly edges: Float64Array;
  /** Bin of the drift tests of each cell. */
  readonly binOf: Int32Array;
  readonly bins: number;
  /** Whether each cell is one value. */
  readonly onePoint: boolean;
  /** Value that stands for each cell, for rules about means; absent for categories. */
  readonly values?: Float64Array;
}

/** Enough cells that KS over them is nearly KS over the rows. */
const fineCells = 240;

/** A continuous feature; `valueAt` gives its value at a share of its distribution. */
function continuous(name: string, valueAt: (share: number) => number, pointMass = 0): SimulatedFeature {
  const free = Math.round(fineCells * (1 - pointMass));
  const shares = Array.from({ length: free - 1 }, (_, i) => pointMass + ((1 - pointMass) * (i + 1)) / free);
  const ends = pointMass > 0 ? [pointMass, ...shares] : shares;
  const middles = ends.concat(1).map((end, i) => (end + (ends[i - 1] ?? 0)) / 2);
  const binOf = middles.map((share) => (share <= pointMass ? 0 : Math.min(9, Math.floor(share * 10))));
  const used = [...new Set(binOf)];
  return {
    name,
    kind: "numeric",
    edges: Float64Array.from(ends, normalQuantile),
    binOf: Int32Array.from(binOf, (bin) => used.indexOf(bin)),
    bins: used.length,
    onePoint: false,
    values: Float64Array.from(middles, valueAt),
  };
}

/** A feature of a few values or categories with these shares. */
function discrete(name: string, kind: SimulatedFeature["kind"], weights: readonly number[]): SimulatedFeature {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let below = 0;
  const ends = weights.slice(0, -1).map((weight) => {
    below += weight / total;
    return normalQuantile(below);
  });
  return {
    name,
    kind,
    edges: Float64Array.from(ends),
    binOf: Int32Array.from(weights, (_, i) => i),
    bins: weights.length,
    onePoint: true,
    ...(kind === "numeric" ? { values: Float64Array.from(weights, (_, i) => i) } : {}),
  };
}

/** Shares of categories by Zipf's law. */
function zipf(levels: number): readonly number[] {
  return Array.from({ length: levels }, (_, i) => 1 / (i + 1));
}

/** Student's t with 3 degrees, inverted by bisection: heavy tails. */
function heavyTail(share: number): number {
  let [low, high] = [-1e3, 1e3];
  for (let i = 0; i < 60; i += 1) {
    const x = (low + high) / 2;
    const u = x / Math.sqrt(3);
    const below = 0.5 + (Math.atan(u) + u / (1 + u * u)) / Math.PI;
    if (below < share) low = x;
    else high = x;
  }
  return low;
}

const poisson3 = [0.0498, 0.1494, 0.224, 0.224, 0.168, 0.1008, 0.0504, 0.0216, 0.0081, 0.0039];

/** Blocks of twenty: 6 normal, 3 lognormal, 2 zero-inflated, 2 Poisson(3), 2 uniform, 2 t3, categories of 3, 10, 50. */
export function mixedFeatures(count: number): readonly SimulatedFeature[] {
  const normal = (i: number) => continuous(`normal ${i}`, normalQuantile);
  const lognormal = (i: number) => continuous(`lognormal ${i}`, (share) => Math.exp(normalQuantile(share)));
  const zeros = (i: number) => continuous(`zeros ${i}`, (share) => (share < 0.3 ? 0 : -Math.log1p(-share)), 0.3);
  const counts = (i: number) => discrete(`count ${i}`, "numeric", poisson3);
  const uniform = (i: number) => continuous(`uniform ${i}`, (share) => share);
  const heavy = (i: number) => continuous(`heavy ${i}`, heavyTail);
  const categories = (levels: number) => (i: number) => discrete(`of ${levels}, ${i}`, "categorical", zipf(levels));
  const makers = [
    ...[normal, normal, normal, normal, normal, normal, lognormal, lognormal, lognormal],
    ...[zeros, zeros, counts, counts, uniform, uniform, heavy, heavy],
    ...[categories(3), categories(10), categories(50)],
  ];
  return Array.from({ length: count }, (_, i) => makers[i % makers.length]?.(i) ?? normal(i));
}

export function binaryFeatures(count: number): readonly SimulatedFeature[] {
  const shares = [0.5, 0.3, 0.1, 0.02];
  return Array.from({ length: count }, (_, i) => {
    const share = shares[i % shares.length] ?? 0.5;
    return discrete(`binary ${i}`, i % 2 === 0 ? "numeric" : "categorical", [1 - share, share]);
  });
}

export function categoricalFeatures(count: number): readonly SimulatedFeature[] {
  const levels = [3, 10, 25, 50];
  return Array.from({ length: count }, (_, i) => discrete(`category ${i}`, "categorical", zipf(levels[i % 4] ?? 3)));
}

export function heavyFeatures(count: number): readonly SimulatedFeature[] {
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0
      ? continuous(`heavy ${i}`, heavyTail)
      : continuous(`lognormal ${i}`, (share) => Math.exp(2 * normalQuantile(share))),
  );
}

/** Share of each cell when the latent value is normal with this mean and standard deviation. */
export function cellShares({ edges }: SimulatedFeature, mean: number, deviation: number): Float64Array {
  const below = Float64Array.from(edges, (edge) => normalCdf((edge - mean) / deviation));
  return Float64Array.from(
    { length: edges.length + 1 },
    (_, i) => (i < edges.length ? (below[i] ?? 1) : 1) - (i === 0 ? 0 : (below[i - 1] ?? 0)),
  );
}

/** Cell of a latent value. */
export function cellOf(edges: Float64Array, latent: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (latent <= (edges[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
