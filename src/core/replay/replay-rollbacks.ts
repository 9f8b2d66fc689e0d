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
  const reigns = reignsOf(promotions);
  return reigns.flatMap((reign, index) => {
    const before = reigns[index - 1];
    if (before === undefined || isReturn(reigns, index)) return [];
    const next = reigns[index + 1];
    const ends = new Date(reign.at.getTime() + rollback.withinMs);
    const broken = firstBroken(
      checks.filter((check) => isOf(check, reign) && (next === undefined || check.decidedAt <= next.at)),
      ends,
    );
    if (broken === undefined) return [];
    const recorded = next !== undefined && isReturn(reigns, index + 1);
    const { slot, decidedAt: at, guard } = broken;
    return [{ at, slot, version: reign.version, to: before.version, why: guard?.why ?? "", recorded }];
  });
}

/** A version from when it became champion until another one did, with every baseline that it had meanwhile. */
interface Reign extends RecordedPromotion {
  readonly baselines: readonly RecordedPromotion[];
}

function reignsOf(promotions: readonly RecordedPromotion[]): readonly Reign[] {
  const reigns: Reign[] = [];
  for (const change of promotions) {
    const last = reigns.at(-1);
    if (last?.versionId === change.versionId)
      reigns[reigns.length - 1] = { ...last, baselines: [...last.baselines, change] };
    else reigns.push({ ...change, baselines: [change] });
  }
  return reigns;
}

function isReturn(reigns: readonly Reign[], index: number): boolean {
  return reigns.slice(0, index).some(({ versionId }) => versionId === reigns[index]?.versionId);
}

/** A check is judged by the baseline that was in force when it was decided. */
function isOf(check: ReplayedCheck, { versionId, baselines, at }: Reign): boolean {
  const inForce = baselines.findLast((change) => change.at < check.decidedAt) ?? baselines[0];
  return check.slot > at && check.versionId === versionId && check.baselineId === inForce?.baselineId;
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
