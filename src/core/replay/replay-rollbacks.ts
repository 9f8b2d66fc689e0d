import type { Policy } from "../policy/policy.ts";
import type { RecordedPromotion, ReplayedCheck, ReplayedRollback } from "./replay.ts";

export interface RollbackHistory {
  readonly policy: Policy;
  /** In order of their slots. */
  readonly checks: readonly ReplayedCheck[];
  /** Every change of the champion, oldest first. */
  readonly promotions: readonly RecordedPromotion[];
}

/**
 * Where the policy's guard would have taken a promoted version back: of each promotion the first check, while the version
 * served, that finds the promise broken. A change back to a version that served before is no promotion, and is not watched.
 */
export function replayRollbacks({ policy, checks, promotions }: RollbackHistory): readonly ReplayedRollback[] {
  const { rollback } = policy.promote;
  if (rollback === undefined) return [];
  return promotions.flatMap((promotion, index) => {
    const before = promotions[index - 1];
    if (before === undefined || isReturn(promotions, index)) return [];
    const next = promotions[index + 1];
    const ends = new Date(promotion.at.getTime() + rollback.withinMs);
    const broken = firstBroken(
      checks.filter((check) => isOf(check, promotion) && (next === undefined || check.decidedAt <= next.at)),
      ends,
    );
    if (broken === undefined) return [];
    const recorded = next !== undefined && isReturn(promotions, index + 1);
    const { slot, decidedAt: at, guard } = broken;
    return [{ at, slot, version: promotion.version, to: before.version, why: guard?.why ?? "", recorded }];
  });
}

function isReturn(promotions: readonly RecordedPromotion[], index: number): boolean {
  return promotions.slice(0, index).some(({ versionId }) => versionId === promotions[index]?.versionId);
}

function isOf(check: ReplayedCheck, { versionId, baselineId, at }: RecordedPromotion): boolean {
  return check.slot > at && check.versionId === versionId && check.baselineId === baselineId;
}

/** The first check whose guard holds; after the end of the watch only the first that can judge, where none could before. */
function firstBroken(checks: readonly ReplayedCheck[], ends: Date): ReplayedCheck | undefined {
  for (const [index, check] of checks.entries()) {
    const said = check.guard?.guard;
    if (check.slot > ends && checks.slice(0, index).some(({ guard }) => guard?.guard === "quiet")) return undefined;
    if (said === "holds") return check;
  }
  return undefined;
}
