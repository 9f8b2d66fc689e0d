import { plannedAt } from "../incident/silence.ts";
import type { Maintenance } from "../policy/policy.ts";
import { formatDuration, formatInstant, type Rate } from "../units.ts";

/** What a policy allows of retraining. */
export interface RetrainLimits {
  /** Rest after the last run's start and end, in ms. */
  readonly cooldownMs: number;
  readonly budget: Rate;
  /** Mature labelled rows that no run has seen yet. */
  readonly minNewLabels: number;
  /** Planned spans of time in which no run starts; none when absent. */
  readonly freeze?: readonly Maintenance[];
}

/** A run that was, as the governor sees it. */
export interface PastRun {
  readonly number: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | undefined;
}

export interface RunRequest {
  readonly at: Date;
  /** Runs of the model, in any order; those of the budget's span and the last one suffice. */
  readonly runs: readonly PastRun[];
  readonly newLabels: number;
  /** Name of what says that the input is broken; absent while it is sound. */
  readonly brokenInput?: string;
  /** Whether the limits of the finding that asks are provisional: these may notify, but never start a retrain. */
  readonly provisional?: boolean;
  /** A person's word against a freeze, the cooldown and the budget, and against broken input where it says so. */
  readonly override?: { readonly brokenInput: boolean };
}

export type RunPermission =
  /** `overrode`: what stood against it, where a person overrode that. */
  | { readonly allowed: true; readonly overrode: readonly string[] }
  | { readonly allowed: false; readonly reason: string };

/**
 * Whether a run may start now: one at a time, never on broken input, outside of a freeze, rested, within the budget, and
 * with enough that is new to learn from. The reason names the limit and, where time alone cures it, the instant from which
 * it is met. A person may override a freeze, the cooldown and the budget; broken input only by saying so.
 */
export function permitRun(limits: RetrainLimits, request: RunRequest): RunPermission {
  const { override } = request;
  const against = [
    { reason: activeRun(request), overridden: false },
    { reason: brokenInput(request), overridden: override?.brokenInput === true },
    { reason: provisional(request), overridden: false },
    { reason: freeze(limits, request), overridden: override !== undefined },
    { reason: cooldown(limits, request), overridden: override !== undefined },
    { reason: budget(limits, request), overridden: override !== undefined },
    { reason: newLabels(limits, request), overridden: false },
  ];
  const refusal = against.find(({ reason, overridden }) => reason !== undefined && !overridden)?.reason;
  if (refusal !== undefined) return { allowed: false, reason: refusal };
  return { allowed: true, overrode: against.flatMap(({ reason }) => reason ?? []) };
}

function activeRun({ runs }: RunRequest): string | undefined {
  const active = runs.find((run) => run.finishedAt === undefined);
  return active && `run ${active.number} is under way`;
}

function brokenInput(request: RunRequest): string | undefined {
  return request.brokenInput === undefined
    ? undefined
    : `the input is broken (${request.brokenInput}): a retrain would learn the fault`;
}

function provisional(request: RunRequest): string | undefined {
  return request.provisional === true
    ? "the limit is provisional: it rests on too little history to start a retrain"
    : undefined;
}

function freeze({ freeze: planned }: RetrainLimits, { at }: RunRequest): string | undefined {
  const until = plannedAt(planned, at);
  return until === undefined ? undefined : `retraining is frozen ${until}`;
}

function cooldown({ cooldownMs }: RetrainLimits, { runs, at }: RunRequest): string | undefined {
  const last = runs.reduce((latest, run) => Math.max(latest, (run.finishedAt ?? run.createdAt).getTime()), -Infinity);
  const until = last + cooldownMs;
  if (at.getTime() >= until) return undefined;
  return `the cooldown of ${formatDuration(cooldownMs)} after the last run lasts until ${formatInstant(new Date(until))}`;
}

function budget({ budget: { count, perMs } }: RetrainLimits, { runs, at }: RunRequest): string | undefined {
  const counted = runs.map((run) => run.createdAt.getTime()).filter((time) => time > at.getTime() - perMs);
  if (counted.length < count) return undefined;
  counted.sort((a, b) => b - a);
  // The run that must leave the span before there is room for one more; none can when the budget is below one.
  const leaves = counted[Math.ceil(count) - 1];
  const until = leaves === undefined ? "" : ` until ${formatInstant(new Date(leaves + perMs))}`;
  return `the budget of ${count} per ${formatDuration(perMs)} is spent${until}`;
}

function newLabels({ minNewLabels }: RetrainLimits, request: RunRequest): string | undefined {
  return request.newLabels >= minNewLabels
    ? undefined
    : `expected at least ${minNewLabels} new mature labels, got ${request.newLabels}`;
}
