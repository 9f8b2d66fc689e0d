import type { Window } from "../../core/window.ts";
import type { CheckRow } from "../../ports/state.ts";

/** What a check is planned with: its slot, and everything that it will be judged by. */
export interface CheckPlan
  extends Pick<
    CheckRow,
    "id" | "modelId" | "slotKey" | "slotAt" | "policyRevisionId" | "versionId" | "baselineId" | "asOfSeq" | "createdAt"
  > {
  /** Length of its window, which ends at the slot; or the window. */
  readonly spanMs: number;
  readonly window?: Window;
}

/** The row of a check that is still to be evaluated. */
export function planCheck({ spanMs, window, ...plan }: CheckPlan): CheckRow {
  return {
    ...plan,
    windowStart: window?.start ?? new Date(plan.slotAt.getTime() - spanMs),
    windowEnd: window?.end ?? plan.slotAt,
    state: "planned",
    verdict: undefined,
    reason: undefined,
    rowCount: undefined,
    quarantined: 0,
    quality: [],
    performance: {},
    doneAt: undefined,
  };
}
