import { ascending } from "./ascending.ts";
import type { Numbers } from "./checks.ts";

/** Adjusted p_(i) = min over j >= i of min(1, factor · k · p_(j) / j), from the largest p down, in the order given. */
export function stepUp(pValues: Numbers, factor: number): number[] {
  const order = ascending(pValues);
  const adjusted = Array.from({ length: order.length }, () => 1);
  let smallest = 1;
  for (const [rank, index] of [...order.entries()].reverse()) {
    smallest = Math.min(smallest, ((pValues[index] as number) * factor) / ((rank + 1) / order.length));
    adjusted[index] = smallest;
  }
  return adjusted;
}
