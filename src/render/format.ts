import type { Estimate } from "../core/metrics/metric.ts";

/** A number with three significant digits, whole ones as they are: 0.0123, 48.1, 1,204. */
export function number(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  const magnitude = Math.abs(value);
  if (magnitude >= 1000) return Math.round(value).toLocaleString("en-US");
  if (magnitude < 1e-4) return value.toExponential(1);
  return value
    .toPrecision(3)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

/** A value with its 95 % interval: `48.1 (46.9 to 49.3)`. */
export function estimate({ value, lower, upper }: Pick<Estimate, "value" | "lower" | "upper">): string {
  return `${number(value)} (${interval({ lower, upper })})`;
}

/** The ends of an interval: `46.9 to 49.3`. */
export function interval({ lower, upper }: Pick<Estimate, "lower" | "upper">): string {
  return `${number(lower)} to ${number(upper)}`;
}

/** A share as a percentage. */
export function percent(share: number): string {
  const hundredths = share * 100;
  return `${hundredths !== 0 && Math.abs(hundredths) < 10 ? hundredths.toFixed(1) : hundredths.toFixed(0)} %`;
}

/** The confidence of an interval, with as many digits as tell it from certainty: `97 %`, `99.98 %`. */
export function confidencePercent(confidence: number): string {
  const missed = (1 - confidence) * 100;
  const digits = missed > 0 ? Math.min(6, Math.max(0, -Math.floor(Math.log10(missed)))) : 0;
  return `${(confidence * 100).toFixed(digits)} %`;
}

/** A p-value as people write it. */
export function pValue(p: number | undefined): string {
  if (p === undefined) return "";
  return p < 0.0001 ? "< 0.0001" : p.toFixed(4);
}

/** A day, and the time where it is not midnight, in UTC. */
export function instant(time: Date | string): string {
  const iso = new Date(time).toISOString();
  return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, 10) : `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
