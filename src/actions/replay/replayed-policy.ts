import type { Policy } from "../../core/policy/policy.ts";
import type { ReplayedPolicy } from "../../core/replay/replayed-policy.ts";
import { summarize } from "../../core/replay/summary.ts";
import { calibrateBaseline } from "../../stages/check/calibrate-baseline.ts";
import type { Past, ReplayPorts } from "./past.ts";
import { type ReplayRequest, replayPolicy } from "./replay-policy.ts";

/** Draws of a calibration that a person waits for. */
const effort = 600_000;

export async function replayedPolicy(ports: ReplayPorts, past: Past, request: ReplayRequest): Promise<ReplayedPolicy> {
  const { policy, from, to } = request;
  const { replay, assumptions } = await replayPolicy(ports, past, request);
  const expectedFalse = await expectedFalseIncidents(ports, past, policy, to.getTime() - from.getTime());
  return { policy, replay, summary: summarize(replay), expectedFalse, assumptions };
}

async function expectedFalseIncidents(
  ports: ReplayPorts,
  past: Past,
  policy: Policy,
  spanMs: number,
): Promise<number | undefined> {
  const baselineId = past.promotions.at(-1)?.baselineId;
  if (baselineId === undefined) return undefined;
  const profile = await past.profile(baselineId);
  const found = await calibrateBaseline(ports, { modelId: past.model.id, baselineId, profile, policy, effort });
  const performance = found.performance[0]?.expectedIncidents ?? 0;
  return ((found.expectedIncidents + performance) * spanMs) / found.budget.perMs;
}
