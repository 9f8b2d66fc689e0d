import type { WatchStanding } from "../core/run/watch.ts";
import { instant } from "./format.ts";
import { plainText } from "./plain-text.ts";

/** How the watch over a version stands, in a few words; of one that is stuck, why. */
export function watchText({ state, endsAt, outcome }: WatchStanding): string {
  if (state === "watching" && outcome === undefined) return `watching until ${instant(endsAt)}`;
  if (outcome === undefined) return state;
  return isStuck({ state, outcome }) ? plainText(outcome) : `${state}: ${plainText(outcome)}`;
}

/** Whether the promise is broken and nothing can serve instead. */
export function isStuck({ state, outcome }: Pick<WatchStanding, "state" | "outcome">): boolean {
  return outcome !== undefined && (state === "watching" || state === "unverified");
}
