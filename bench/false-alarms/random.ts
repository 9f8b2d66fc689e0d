import { normalDraws } from "../../src/core/metrics/normal-draws.ts";
import type { Random } from "../../src/core/metrics/seeded-random.ts";

/** Draws of the distributions that the worlds are made of, from a uniform generator. */
export interface Draws {
  uniform(): number;
  normal(): number;
  poisson(mean: number): number;
  binomial(rows: number, chance: number): number;
}

export function drawsFrom(random: Random): Draws {
  const normal = normalDraws(random);
  const poisson = (mean: number) => {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const floor = Math.exp(-mean);
    let [count, product] = [0, random()];
    while (product > floor) {
      count += 1;
      product *= random();
    }
    return count;
  };
  const binomial = (rows: number, chance: number): number => {
    if (rows <= 0 || chance <= 0) return 0;
    if (chance >= 1) return rows;
    if (chance > 0.5) return rows - binomial(rows, 1 - chance);
    const mean = rows * chance;
    if (mean > 30) return clamp(Math.round(mean + Math.sqrt(mean * (1 - chance)) * normal()), rows);
    // Inversion, term by term.
    let [term, count] = [(1 - chance) ** rows, 0];
    let left = random() - term;
    while (left > 0 && count < rows) {
      count += 1;
      term *= ((rows - count + 1) / count) * (chance / (1 - chance));
      left -= term;
    }
    return count;
  };
  return { uniform: random, normal, poisson, binomial };
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
