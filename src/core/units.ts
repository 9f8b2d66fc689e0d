import { DriftwardError } from "./errors.ts";

export const millisecondsPer = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const durationPattern = /^(\d+(?:\.\d+)?)(s|m|h|d|w)$/;

/**
 * A duration in a person's notation (`90s`, `10m`, `24h`, `30d`, `2w`) as milliseconds.
 *
 * @throws InvalidInput when the text is no number followed by one of s, m, h, d, w
 */
export function parseDuration(text: string): number {
  const [, amount, unit] = durationPattern.exec(text) ?? [];
  if (amount === undefined || unit === undefined)
    throw new DriftwardError("InvalidInput", `expected a duration such as 10m, 24h or 30d, got "${text}"`);
  return Number(amount) * millisecondsPer[unit as keyof typeof millisecondsPer];
}

const bytesPer = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
} as const;

/**
 * An amount of memory in a person's notation (`512MB`, `4GiB`) as bytes.
 *
 * @throws InvalidInput when the text is no number followed by one of KB, MB, GB, TB, KiB, MiB, GiB, TiB
 */
export function parseBytes(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([KMGT]i?B)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined)
    throw new DriftwardError("InvalidInput", `expected an amount of memory such as 512MB or 4GiB, got "${text}"`);
  return Math.round(Number(amount) * bytesPer[unit as keyof typeof bytesPer]);
}

/** An instant as messages for people say it, to the minute: "2026-11-24 11:50 UTC". */
export function formatInstant(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Milliseconds as the largest units that fit: 90_000 is "1m 30s", 86_400_000 is "1d". */
export function formatDuration(milliseconds: number): string {
  const parts: string[] = [];
  let rest = Math.round(milliseconds / 1_000) * 1_000;
  for (const unit of ["d", "h", "m", "s"] as const) {
    const amount = Math.floor(rest / millisecondsPer[unit]);
    if (amount > 0) parts.push(`${amount}${unit}`);
    rest -= amount * millisecondsPer[unit];
  }
  return parts.slice(0, 2).join(" ") || "0s";
}

/**
 * A share as a fraction: `5%` is 0.05, `0.05` is 0.05, `5pp` (percentage points) is 0.05.
 *
 * @throws InvalidInput when the text is no share between 0 and 1
 */
export function parseShare(text: string | number): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(%|pp)?$/.exec(String(text)) ?? [];
  const share = amount === undefined ? Number.NaN : Number(amount) / (unit === undefined ? 1 : 100);
  if (!(share >= 0 && share <= 1))
    throw new DriftwardError("InvalidInput", `expected a share such as 5% or 0.05, got "${text}"`);
  return share;
}

/** So many events in a span of time: the alarm budget, the retrain budget. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

/**
 * A rate in a person's notation: `1 per 30d`.
 *
 * @throws InvalidInput when the text is not `<count> per <duration>`
 */
export function parseRate(text: string): Rate {
  const [, count, duration] = /^(\d+(?:\.\d+)?)\s+per\s+(\S+)$/.exec(text.trim()) ?? [];
  if (count === undefined || duration === undefined || Number(count) <= 0)
    throw new DriftwardError("InvalidInput", `expected a rate such as "1 per 30d", got "${text}"`);
  return { count: Number(count), perMs: parseDuration(duration) };
}
