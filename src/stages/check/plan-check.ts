import type { CheckRow } from "../../ports/state.ts";

/** What a check is planned with: its slot, and everything that it will be judged by. */
export interface CheckPlan
  extends Pick<
    CheckRow,
    "id" | "modelId" | "slotKey" | "slotAt" | "policyRevisionId" | "versionId" | "baselineId" | "asOfSeq" | "createdAt"
  > {
  /** Length of its window, which ends at the slot. */
  readonly spanMs: number;
}

/** The row of a check that is still to be evaluated. */
export function planCheck({ spanMs, ...plan }: CheckPlan): CheckRow {
  return {
    ...plan,
    windowStart: new Date(plan.slotAt.getTime() - spanMs),
    windowEnd: plan.slotAt,
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
