import type { RankedFeature } from "../core/drift/rank-features.ts";
import { isOutput } from "../core/prediction/contract.ts";
import type { CheckReport } from "./check-report.ts";

/** The outcome of a check in a few words. */
export function headline(
  { reason, verdict }: Pick<CheckReport, "reason" | "verdict">,
  ranked: readonly RankedFeature[],
  drifted: readonly RankedFeature[],
): string {
  const features = (ones: readonly RankedFeature[]) => ones.filter(({ feature }) => !isOutput(feature)).length;
  const [all, some] = [features(ranked), features(drifted)];
  const prediction = drifted.length > some ? `the prediction drifted` : undefined;
  const inputs = all === 0 ? undefined : `${some === 0 ? "none" : some} of ${all} features drifted`;
  const counted = [inputs, prediction].filter((text) => text !== undefined).join("; ") || "nothing drifted";
  if (verdict === "inconclusive") return reason ?? "there is nothing to compare";
  return reason === undefined ? counted : `${reason}; ${counted}`;
}
