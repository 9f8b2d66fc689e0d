import type { PerformanceFinding } from "../drift/rule-facts.ts";
import { performanceFacts, whatWasNotMeasured } from "../drift/rule-facts.ts";
import { compileGuard, evaluateGuard, type RuleOutcome } from "../policy/condition.ts";
import type { EstimateFacts } from "../policy/facts.ts";
import type { Condition } from "../policy/policy.ts";

/**
 * States of a watch, in the order of its life: a version that was promoted is held to what its gates promised.
 * `unverified`: its time is over, and no labels were old enough to judge it; it is judged when they are.
 */
export const watchStates = ["watching", "unverified", "kept", "rolled back", "superseded"] as const;

export type WatchState = (typeof watchStates)[number];

/** How the watch over a version stands. */
export interface WatchStanding {
  readonly state: WatchState;
  readonly endsAt: Date;
  /** Checks that found the promise kept. */
  readonly judged: number;
  /** How it ended; of one that is open, why the promise is broken and nothing can serve instead. */
  readonly outcome: string | undefined;
}

/** What can happen to a watch. `why` is one sentence for people. */
export type WatchEvent =
  /** A check asked the guard: broken as far as it holds, met as far as it is quiet. */
  | { readonly kind: "asked"; readonly guard: "holds" | "quiet" | "inconclusive"; readonly why: string }
  /** The guard holds, and no version that served before can serve instead: the next check asks again. */
  | { readonly kind: "stuck"; readonly why: string }
  /** Its time is over; `judged` is how many checks found it kept. */
  | { readonly kind: "ended"; readonly judged: number }
  /** A person took the version back. */
  | { readonly kind: "taken back"; readonly why: string }
  /** Another version was promoted. */
  | { readonly kind: "superseded"; readonly why: string };

export type WatchStep =
  | { readonly to: WatchState; readonly outcome: string | undefined }
  | { readonly refused: string };

/** Whether nothing can happen to a watch any more. */
export function isWatchOver(state: WatchState): boolean {
  return state !== "watching" && state !== "unverified";
}

/**
 * What follows when an event meets a watch in a state; an end is never left. Staying is a step to the same state; its
 * outcome then is why the promise is broken and nothing can be done, as long as that is so.
 */
export function stepWatch(state: WatchState, event: WatchEvent): WatchStep {
  if (isWatchOver(state)) return { refused: `a watch that is ${state} cannot be ${event.kind}` };
  switch (event.kind) {
    case "asked":
      if (event.guard === "holds") return { to: "rolled back", outcome: event.why };
      if (event.guard === "quiet" && state === "unverified") return { to: "kept", outcome: event.why };
      return { to: state, outcome: undefined };
    case "stuck":
      return { to: state, outcome: event.why };
    case "ended":
      if (state === "unverified") return { to: state, outcome: undefined };
      if (event.judged === 0) return { to: "unverified", outcome: undefined };
      return {
        to: "kept",
        outcome: `${event.judged} ${event.judged === 1 ? "check" : "checks"} found the promise kept`,
      };
    case "taken back":
      return { to: "rolled back", outcome: event.why };
    case "superseded":
      return { to: "superseded", outcome: event.why };
    default:
      return event satisfies never;
  }
}

/** How the guard was answered by one check, with what it was judged by. */
export interface GuardAnswer {
  readonly guard: RuleOutcome["outcome"];
  readonly values: RuleOutcome["values"];
  readonly why: string;
}

/**
 * Asks a guard about what a check measured of the version, beside what was promised of it. The intervals are the 95 %
 * ones that are shown: the alarm budget is of incidents, and a rollback is none.
 */
export function askGuard(
  when: Condition,
  { findings, without }: { readonly findings: readonly PerformanceFinding[]; readonly without: string | undefined },
): GuardAnswer {
  const metrics = findings.map(({ metric }) => metric);
  const plain = findings.map(({ metric, now, promised }) => ({ metric, now, promised }));
  if (metrics.length === 0) return { guard: "inconclusive", values: {}, why: without ?? "nothing was measured" };
  const { outcome, reason, values } = evaluateGuard(compileGuard(when, { metrics }), {
    performance: Object.fromEntries(plain.map((finding) => [finding.metric, performanceFacts(finding)])),
    promised: Object.fromEntries(plain.flatMap(({ metric, promised }) => promisedOf(metric, promised))),
    absent: without === undefined ? whatWasNotMeasured(plain) : { performance: without, promised: without },
  });
  return { guard: outcome, values, why: reason ?? `${when.source} (${describe(values)})` };
}

function promisedOf(metric: string, promised: PerformanceFinding["promised"]): readonly [string, EstimateFacts][] {
  if (promised === undefined) return [];
  const { value, lower, upper } = promised;
  return [[metric, { value, lower, upper }]];
}

function describe(values: RuleOutcome["values"]): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`)
    .join(", ");
}
