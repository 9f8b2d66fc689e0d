import type { Random } from "../../src/core/metrics/seeded-random.ts";

/** Draws of the distributions that the worlds are made of, from a uniform generator. */
export interface Draws {
  uniform(): number;
  normal(): number;
  poisson(mean: number): number;
  binomial(rows: number, chance: number): number;
}

export function drawsFrom(random: Random): Draws {
  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
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
