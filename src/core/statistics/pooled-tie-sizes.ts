import { type Numbers, requireSorted } from "./checks.ts";

/**
 * How many rows of the pooled samples share each distinct value, in ascending order of value.
 *
 * The exact p of Kolmogorov-Smirnov is conditional on these.
 *
 * @param baseline  values of any order, at least one
 * @param window    the same
 * @returns sizes >= 1 that sum to n + m; -0 and 0 are one value
 * @throws  InvalidInput when a sample is empty or holds NaN
 */
export function pooledTieSizes(baseline: Numbers, window: Numbers): Uint32Array {
  const x = requireSorted(baseline, "baseline");
  const y = requireSorted(window, "window");
  const pooled = new Float64Array(x.length + y.length);
  pooled.set(x);
  pooled.set(y, x.length);
  pooled.sort();
  const sizes = new Uint32Array(pooled.length);
  let groups = 0;
  for (let start = 0; start < pooled.length; groups += 1) {
    let end = start + 1;
    while (end < pooled.length && pooled[end] === pooled[start]) end += 1;
    sizes[groups] = end - start;
    start = end;
  }
  return sizes.slice(0, groups);
}
