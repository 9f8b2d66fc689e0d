import type { Policy } from "../../core/policy/policy.ts";
import type { Past, ReplayPorts } from "./past.ts";

/** A policy that asks for a live baseline, of a champion that has none: what it would have been is not made up. */
export async function lacksLiveBaseline(
  { state }: ReplayPorts,
  { promotions }: Past,
  { baseline }: Policy,
): Promise<boolean> {
  const champion = promotions.at(-1);
  if (baseline.from !== "live" || champion === undefined) return false;
  return (await state.liveBaselines.ofVersion(champion.versionId))?.state !== "made";
}
