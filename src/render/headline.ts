import type { RankedFeature } from "../core/drift/rank-features.ts";
import { isOutput } from "../core/prediction/contract.ts";
import type { CheckReport } from "./check-report.ts";
import { segmentText } from "./segment-words.ts";

/** The outcome of a check in a few words: of what may alarm. */
export function headline(
  { reason, verdict }: Pick<CheckReport, "reason" | "verdict">,
  ranked: readonly RankedFeature[],
): string {
  const alarming = ranked.filter(({ observed }) => !observed);
  const drifted = alarming.filter((one) => one.drifted);
  const whole = (ones: readonly RankedFeature[]) => ones.filter(({ segment }) => segment === "");
  const features = (ones: readonly RankedFeature[]) => whole(ones).filter(({ feature }) => !isOutput(feature)).length;
  const [all, some] = [features(alarming), features(drifted)];
  const prediction = whole(drifted).length > some ? `the prediction drifted` : undefined;
  const inputs = all === 0 ? undefined : `${some === 0 ? "none" : some} of ${all} features drifted`;
  const places = new Set(drifted.flatMap(({ segment }) => (segment === "" ? [] : [segmentText(segment)])));
  const inSegments = places.size === 0 ? undefined : `drift in ${[...places].join(", ")}`;
  const counted = [inputs, prediction, inSegments].filter((text) => text !== undefined).join("; ") || "nothing drifted";
  if (verdict === "inconclusive") return reason ?? "there is nothing to compare";
  return reason === undefined ? counted : `${reason}; ${counted}`;
}
