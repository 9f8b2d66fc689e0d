import type { DriftTest } from "../policy/policy.ts";

/** The index over 1/n + 1/m, or chi-square, of merged counts. */
export function binStatistic(test: DriftTest, before: Float64Array, after: Float64Array): number {
  const groups = before.length;
  if (groups < 2) return 0;
  let [n, m] = [0, 0];
  for (let i = 0; i < groups; i += 1) {
    n += before[i] ?? 0;
    m += after[i] ?? 0;
  }
  const added = test === "psi" ? 0.5 : 0;
  let sum = 0;
  for (let i = 0; i < groups; i += 1) {
    const b = ((before[i] ?? 0) + added) / (n + added * groups);
    const w = ((after[i] ?? 0) + added) / (m + added * groups);
    if (test === "psi") sum += (w - b) * Math.log(w / b);
    else if (b + w > 0) sum += (w - b) ** 2 / ((b * n + w * m) / (n + m));
  }
  return sum / (1 / n + 1 / m);
}
