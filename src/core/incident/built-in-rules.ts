import type { RuleOutcome } from "../drift/judge.ts";
import type { Policy } from "../policy/policy.ts";
import { isBatch } from "../schedule/schedule.ts";
import type { Verdict } from "../verdict.ts";

/** Names of the built-in rules for a model that cannot be watched: it is silent, or no check of it says anything. */
export const silentRule = "no predictions";
export const inconclusiveRule = "stays inconclusive";

/** Where a built-in rule stands. */
export const builtInPlace = "built in";

/** What a check could see at all. */
export interface Sight {
  /** Rows of its window; undefined where nobody counted them. */
  readonly rows: number | undefined;
  /** Hours of it that were in quarantine; none when absent. */
  readonly quarantined?: number;
  readonly verdict: Verdict | undefined;
  readonly reason: string | undefined;
}

/**
 * What the two built-in rules say of a check. Each must hold over two windows that do not overlap: a quiet night is no
 * incident. Where every rule waits for labels, their time to mature is given on top. A model that predicts nothing is
 * silent and not inconclusive as well. A batch that did not come is silence at once; `grace` of a cron schedule is how long
 * a model may be silent beyond one window. What a person put in quarantine is no sign of either.
 */
export function judgeSight({ rows, quarantined = 0, verdict, reason }: Sight, policy: Policy): readonly RuleOutcome[] {
  const twice = 2 * policy.window.spanMs;
  const waits = policy.rules.every(({ when }) => /\bperformance\b/.test(when.source));
  const silent = rows === undefined ? "inconclusive" : rows > 0 ? "quiet" : quarantined > 0 ? "inconclusive" : "holds";
  const blind = verdict === undefined || rows === 0 || (verdict === "inconclusive" && quarantined > 0);
  const unclear = blind ? "inconclusive" : verdict === "inconclusive" ? "holds" : "quiet";
  const base = { segment: "", severity: "warning", place: builtInPlace, do: ["notify"] } as const;
  return [
    {
      ...{ ...base, rule: silentRule, outcome: silent, when: "rows == 0", forMs: silentForMs(policy) },
      ...{ values: rows === undefined ? {} : { rows }, reason: rows === 0 ? reason : undefined },
    },
    {
      ...{ ...base, rule: inconclusiveRule, outcome: unclear, when: 'verdict == "inconclusive"', reason },
      ...{ values: verdict === undefined ? {} : { verdict } },
      forMs: waits ? twice + policy.data.labels.matureMs : twice,
    },
  ];
}

function silentForMs({ schedule, window }: Policy): number {
  if (isBatch(schedule)) return 0;
  return window.spanMs + (schedule.graceMs ?? window.spanMs);
}
