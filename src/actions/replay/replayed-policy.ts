import type { Policy } from "../../core/policy/policy.ts";
import type { ReplayedPolicy } from "../../core/replay/replayed-policy.ts";
import { summarize } from "../../core/replay/summary.ts";
import type { Past, ReplayPorts } from "./past.ts";
import { type ReplayRequest, replayPolicy } from "./replay-policy.ts";

export async function replayedPolicy(ports: ReplayPorts, past: Past, request: ReplayRequest): Promise<ReplayedPolicy> {
  const { policy, from, to } = request;
  const { replay, assumptions } = await replayPolicy(ports, past, request);
  const expectedFalse = await expectedFalseIncidents(ports, past, policy, to.getTime() - from.getTime());
  return { policy, replay, summary: summarize(replay), expectedFalse, assumptions };
}

/** By the limits on the champion's baseline, which the replay has derived already. */
async function expectedFalseIncidents(
  { limits }: ReplayPorts,
  past: Past,
  policy: Policy,
  spanMs: number,
): Promise<number | undefined> {
  const baselineId = past.promotions.at(-1)?.baselineId;
  if (baselineId === undefined || limits === undefined) return undefined;
  const profile = await past.profile(baselineId);
  const { expectedIncidents } = await limits.of({ modelId: past.model.id, baselineId, profile, policy });
  return (expectedIncidents * spanMs) / policy.drift.alarmBudget.perMs;
}
