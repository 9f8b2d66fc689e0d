import { isOfEarlierReign, type LiveBaselineState, reignSince } from "../core/run/live-baseline.ts";
import type { Policies } from "../ports/lookups.ts";
import type { BaselineSummary, ModelRow, State } from "../ports/state.ts";

/** Where the baseline of a version comes from. */
export interface BaselineStatus {
  /** Name of its file, the run that judged its rows, or the time of its live rows. */
  readonly source: string;
  readonly rows: number;
  readonly createdAt: Date;
}

/** The live baseline that the policy wants of the champion. */
export interface LiveBaselineStatus {
  readonly state: LiveBaselineState;
  /** The hours whose rows are gathered; absent while none is known. */
  readonly from: Date | undefined;
  readonly until: Date | undefined;
  readonly rows: number | undefined;
  /** Why the baseline before is kept. */
  readonly reason: string | undefined;
}

export function baselineStatusOf(row: BaselineSummary): BaselineStatus;
export function baselineStatusOf(row: BaselineSummary | undefined): BaselineStatus | undefined;
export function baselineStatusOf(row: BaselineSummary | undefined): BaselineStatus | undefined {
  return row && { source: row.source, rows: row.rowCount, createdAt: row.createdAt };
}

/** Undefined where the policy in force asks for no live baseline. */
export async function liveBaselineStatus(
  { state, policies }: { readonly state: State; readonly policies: Policies },
  model: ModelRow,
): Promise<LiveBaselineStatus | undefined> {
  const { id, championVersion, policyRevision } = model;
  if (championVersion === undefined || policyRevision === undefined) return undefined;
  // A revision that this version cannot read any more asks for nothing here; its checks say so.
  const policy = await policies.of(policyRevision).catch(() => undefined);
  if (policy?.baseline.from !== "live") return undefined;
  const known = await state.liveBaselines.ofVersion(championVersion);
  const since = reignSince(await state.aliases.history(id, "champion"));
  if (known === undefined || since === undefined || isOfEarlierReign(known, { since }))
    return { state: "waiting", from: undefined, until: undefined, rows: undefined, reason: undefined };
  const { state: standing, startsAt: from, endsAt, rowCount: rows, reason } = known;
  const { spanMs = 0 } = policy.baseline;
  const until = standing === "gathering" && from !== undefined ? new Date(from.getTime() + spanMs) : endsAt;
  return { state: standing, from, until, rows, reason };
}
