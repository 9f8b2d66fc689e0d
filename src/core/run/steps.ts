import type { Policy } from "../policy/policy.ts";

/** Steps of a promotion after every word for it was given; `undo` takes back what the hooks did. */
export type PromotionStep = "shadow" | "deploy" | "undo";

/** What follows a step of a promotion; undefined: the alias champion moves. */
export function nextStep(
  promote: Policy["promote"],
  after: PromotionStep | undefined,
): Exclude<PromotionStep, "undo"> | undefined {
  const steps: Exclude<PromotionStep, "undo">[] = [];
  if (promote.shadowMs !== undefined) steps.push("shadow");
  if (promote.hooks !== undefined && promote.hooks.length > 0) steps.push("deploy");
  return steps[after === undefined ? 0 : steps.indexOf(after as "shadow" | "deploy") + 1];
}

export type HookAct = "deploy" | "undo";

/** The key by which the outside knows a hook's call, whichever try it is. */
export function hookKey(runId: string, hook: string, act: HookAct): string {
  return `${runId}-${hook}-${act}`;
}

/** How long to wait after so many failed tries of a hook (at least 1), in ms. */
export function hookPauseMs(failed: number): number {
  return Math.min(60_000, 2_000 * 2 ** (failed - 1));
}
