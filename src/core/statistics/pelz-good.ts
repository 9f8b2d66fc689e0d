/**
 * Chance that the two-sided one-sample Kolmogorov-Smirnov distance of n independent rows is below x, by the series
 * K0(z) + K1(z)/√n + K2(z)/n + K3(z)/n^1.5 with z = x√n. Its error is below 1e-9 for n > 140.
 *
 * @param n  rows, > 140
 * @param x  distance in (0, 1)
 * @returns probability in [0, 1]
 * @see     Pelz & Good, "Approximating the lower tail-areas of the Kolmogorov-Smirnov one-sample statistic" (1976)
 */
export function pelzGood(n: number, x: number): number {
  const z = x * Math.sqrt(n);
  // With less, even the first term is below the smallest number.
  if (z < 0.042) return 0;
  const [z2, z3, z4] = [z ** 2, z ** 3, z ** 4];
  const [z6, z7, z8, z10] = [z ** 6, z ** 7, z ** 8, z ** 10];
  let [k0, k1, k2, k3] = [0, 0, 0, 0];
  // Terms fall as exp(-(πk)² / 2z²): this many reach below the last digit.
  for (let k = Math.ceil((16 * z) / Math.PI); k >= 0; k -= 1) {
    const a = (Math.PI * (k + 0.5)) ** 2;
    const half = 2 * Math.exp(-a / (2 * z2));
    k0 += half;
    k1 += half * (a - z2);
    k2 += half * (6 * z6 + 2 * z4 + a * (2 * z4 - 5 * z2) + a ** 2 * (1 - 2 * z2));
    k3 +=
      half * (a ** 3 * (5 - 30 * z2) + a ** 2 * (212 * z4 - 60 * z2) + a * (135 * z4 - 96 * z6) - 30 * z6 - 90 * z8);
  }
  let [extra2, extra3] = [0, 0];
  for (let k = Math.ceil((16 * z) / Math.PI); k >= 1; k -= 1) {
    const a = (Math.PI * k) ** 2;
    const whole = 2 * Math.exp(-a / (2 * z2));
    extra2 += whole * a;
    extra3 += whole * a * (3 * z2 - a);
  }
  const sum =
    k0 / z +
    k1 / (6 * z4 * Math.sqrt(n)) +
    (k2 / (72 * z7) - extra2 / (36 * z3)) / n +
    (k3 / (6480 * z10) + extra3 / (216 * z6)) / n ** 1.5;
  return Math.min(1, Math.max(0, Math.sqrt(Math.PI / 2) * sum));
}
