import type { RankedFeature } from "../core/drift/rank-features.ts";
import type { CheckReport } from "./check-report.ts";

/** The outcome of a check in a few words. */
export function headline(
  { reason, verdict }: Pick<CheckReport, "reason" | "verdict">,
  ranked: readonly RankedFeature[],
  drifted: readonly RankedFeature[],
): string {
  const counted = `${drifted.length === 0 ? "none" : drifted.length} of ${ranked.length} features drifted`;
  if (verdict === "inconclusive") return reason ?? "there is nothing to compare";
  return reason === undefined ? counted : `${reason}; ${counted}`;
}
