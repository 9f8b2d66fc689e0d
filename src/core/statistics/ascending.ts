import { type Numbers, requireProbability } from "./checks.ts";

/** Indices of the p values from the smallest to the largest, checked. */
export function ascending(pValues: Numbers): number[] {
  const order = Array.from(pValues, (p, index) => {
    requireProbability(p, "a p value");
    return index;
  });
  return order.sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
}
