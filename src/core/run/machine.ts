/** Where a run stands; the last four are ends. */
export const runStates = [
  "queued",
  "retraining",
  "evaluating",
  "promoting",
  "promoted",
  "rejected",
  "failed",
  "cancelled",
] as const;

export type RunState = (typeof runStates)[number];

/** What can happen to a run. `why` is one sentence for people. */
export type RunEvent =
  /** The training program was started. */
  | { readonly kind: "started" }
  /** The training program ended well and left a usable result. */
  | { readonly kind: "trained" }
  /** The attempt came to nothing and another one is allowed. */
  | { readonly kind: "retry"; readonly why: string }
  /** Every gate passed. */
  | { readonly kind: "passed" }
  /** A gate failed or could not be judged, or a person said no. */
  | { readonly kind: "rejected"; readonly why: string }
  /** The promotion goes on with its next step. */
  | { readonly kind: "stepped" }
  /** The alias champion moved to the candidate. */
  | { readonly kind: "promoted" }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "cancelled"; readonly why: string };

export type RunStep = { readonly to: RunState; readonly outcome: string | undefined } | { readonly refused: string };

const follows: Readonly<Record<RunState, Partial<Record<RunEvent["kind"], RunState>>>> = {
  queued: { started: "retraining", failed: "failed", cancelled: "cancelled" },
  retraining: { trained: "evaluating", retry: "queued", failed: "failed", cancelled: "cancelled" },
  evaluating: { passed: "promoting", rejected: "rejected", failed: "failed", cancelled: "cancelled" },
  promoting: {
    stepped: "promoting",
    promoted: "promoted",
    rejected: "rejected",
    failed: "failed",
    cancelled: "cancelled",
  },
  promoted: {},
  rejected: {},
  failed: {},
  cancelled: {},
};

/** Whether nothing can happen to a run any more. */
export function isFinished(state: RunState): boolean {
  return Object.keys(follows[state]).length === 0;
}

/**
 * What follows when an event meets a run in a state: the next state with the sentence that ends the run, if it ends
 * it, or a refusal in words. Only a run whose gates were judged can be promoted, and an end is never left.
 */
export function stepRun(state: RunState, event: RunEvent): RunStep {
  const to = follows[state][event.kind];
  if (to === undefined) return { refused: `a run that is ${state} cannot become ${nameOfEvent(event)}` };
  return { to, outcome: isFinished(to) && "why" in event ? event.why : undefined };
}

function nameOfEvent(event: RunEvent): string {
  switch (event.kind) {
    case "started":
    case "trained":
    case "promoted":
    case "rejected":
    case "failed":
    case "cancelled":
      return event.kind;
    case "stepped":
      return "taken a step further";
    case "retry":
      return "tried again";
    case "passed":
      return "ready for promotion";
    default:
      return event satisfies never;
  }
}
