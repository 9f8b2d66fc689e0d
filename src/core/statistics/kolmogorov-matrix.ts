const big = 2 ** 128;

/** A square matrix times 2^(128 · scale): powers of it leave the range of numbers otherwise. */
interface Scaled {
  readonly values: Float64Array;
  readonly scale: number;
}

/**
 * Chance that the two-sided one-sample Kolmogorov-Smirnov distance of n independent rows is below x, exact.
 *
 * P = n!/nⁿ · (Hⁿ)_kk with k = ⌈nx⌉ and H a (2k - 1) square matrix. O(k³ log n); keeps about 13 digits.
 *
 * @param n  rows, whole, >= 1
 * @param x  distance in (1/(2n), 1)
 * @returns probability in [0, 1]
 * @see     Marsaglia, Tsang & Wang, "Evaluating Kolmogorov's distribution" (2003), after Durbin (1973)
 */
export function kolmogorovMatrix(n: number, x: number): number {
  const k = Math.ceil(n * x);
  const size = 2 * k - 1;
  let base: Scaled = { values: durbinMatrix(k, k - n * x), scale: 0 };
  let result: Scaled | undefined;
  for (let power = n; power > 0; power = Math.floor(power / 2)) {
    if (power % 2 === 1) result = result === undefined ? base : multiply(result, base, size);
    if (power > 1) base = multiply(base, base, size);
  }
  const centre = (k - 1) * size + k - 1;
  let p = result?.values[centre] ?? 0;
  let scale = result?.scale ?? 0;
  for (let i = 1; i <= n; i += 1) {
    p = (p * i) / n;
    if (p < 1 / big) {
      p *= big;
      scale -= 1;
    }
  }
  return Math.min(1, p * 2 ** (128 * scale));
}

/** H: 1/(i-j+1)! on and below the superdiagonal, the first column and last row cut by the fraction h = k - nx. */
function durbinMatrix(k: number, h: number): Float64Array {
  const size = 2 * k - 1;
  const factorial = new Float64Array(size + 1).fill(1);
  for (let i = 1; i <= size; i += 1) factorial[i] = (factorial[i - 1] as number) * i;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j < size && j <= i + 1; j += 1) {
      let value = 1;
      if (j === 0) value -= h ** (i + 1);
      if (i === size - 1) value -= h ** (size - j);
      if (j === 0 && i === size - 1) value += Math.max(0, 2 * h - 1) ** size;
      matrix[i * size + j] = value / (factorial[i - j + 1] as number);
    }
  return matrix;
}

function multiply(left: Scaled, right: Scaled, size: number): Scaled {
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1)
    for (let inner = 0; inner < size; inner += 1) {
      const factor = left.values[i * size + inner] as number;
      if (factor === 0) continue;
      for (let j = 0; j < size; j += 1)
        values[i * size + j] = (values[i * size + j] as number) + factor * (right.values[inner * size + j] as number);
    }
  const scale = left.scale + right.scale;
  const centre = values[((size - 1) / 2) * (size + 1)] as number;
  return centre > big ? { values: values.map((value) => value / big), scale: scale + 1 } : { values, scale };
}
