import { readFileSync } from "node:fs";

/** A mulberry32 generator of uniform numbers in [0, 1), the same in every language. */
export function mulberry32(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Recipe {
  readonly kind: string;
  readonly seed: number;
  readonly n: number;
  readonly [parameter: string]: unknown;
}

type Encoded = number | null | "NaN" | "Infinity" | "-Infinity" | "-0";
type Sample = readonly Encoded[] | { readonly gen: Recipe };

/** A reference file: how it was computed, and its cases. */
export interface Vectors<Case> {
  readonly cases: readonly Case[];
}

/** Reads test/fixtures/vectors/NAME.json. */
export function readVectors<Case>(name: string): Vectors<Case> {
  return JSON.parse(readFileSync(new URL(`../../fixtures/vectors/${name}.json`, import.meta.url), "utf8"));
}

/** A reference number; null and "NaN" are undefined. */
export function decode(value: Encoded | undefined): number | undefined {
  const number = value === null || value === undefined ? Number.NaN : Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** A sample without its missing values, generated when it is a recipe. */
export function readSample(sample: Sample): Float64Array {
  const values = "gen" in sample ? generate(sample.gen) : sample.map(decode);
  return Float64Array.from(values.filter((value) => value !== undefined));
}

function generate(recipe: Recipe): number[] {
  const next = mulberry32(recipe.seed);
  const parameter = (name: string, otherwise: number) => Number(recipe[name] ?? otherwise);
  const draw: Record<string, () => number> = {
    uniform: () => parameter("lo", 0) + (parameter("hi", 1) - parameter("lo", 0)) * next(),
    irwinhall: () => {
      let sum = 0;
      for (let i = 0; i < 12; i += 1) sum += next();
      return parameter("mu", 0) + parameter("sd", 1) * (sum - 6);
    },
    pareto1: () => parameter("scale", 1) / (1 - next()),
    int: () => Math.floor(next() * parameter("k", 1)) + parameter("lo", 0),
    zeroinfl: () => {
      const [first, second] = [next(), next()];
      return first < parameter("pz", 0) ? 0 : parameter("scale", 1) * second;
    },
    bernoulli: () => (next() < parameter("p", 0) ? 1 : 0),
  };
  const one = draw[recipe.kind];
  if (one === undefined) throw new Error(`no generator for ${recipe.kind}`);
  const grid = recipe.grid as number | undefined;
  return Array.from({ length: recipe.n }, () => {
    const value = one();
    return grid === undefined ? value : Math.floor(value * grid + 0.5) / grid;
  });
}

/** Checks |actual - expected| <= relative · |expected| + absolute, and says both when it fails. */
export function expectWithin(actual: number | undefined, expected: number, relative: number, absolute = 0): void {
  if (actual === undefined || !(Math.abs(actual - expected) <= relative * Math.abs(expected) + absolute))
    throw new Error(`expected ${expected} within ${relative} relative and ${absolute} absolute, got ${actual}`);
}
