import { nextLiveStep, reignSince } from "../../core/run/live-baseline.ts";
import type { ModelRow } from "../../ports/state.ts";
import type { TickPorts } from "../tick.ts";

/** Asks for the next step of a champion's live baseline, where its policy wants one and the step is due. */
export async function askForLiveBaseline(
  { state, clock, policyOf }: Pick<TickPorts, "state" | "clock" | "policyOf">,
  model: ModelRow,
): Promise<void> {
  const { id, championVersion, logSeq } = model;
  if (championVersion === undefined) return;
  const policy = await policyOf(model);
  if (policy?.baseline.from !== "live") return;
  const known = await state.liveBaselines.ofVersion(championVersion);
  if (known?.state === "made" || known?.state === "kept") return;
  const since = reignSince(await state.aliases.history(id, "champion"));
  if (since === undefined) return;
  const { spanMs = 0 } = policy.baseline;
  const clockNow = { since, now: clock.now(), logSeq, spanMs, settleMs: policy.data.settleMs };
  const next = nextLiveStep(known, clockNow);
  if (next.step === "none") return;
  // A look for each file that came; a making for each end that the span had, and anew for a policy that changed.
  const what =
    next.step === "look" ? `look-${since.getTime()}-${logSeq}` : `${next.endsAt.toISOString()}-${model.policyRevision}`;
  const key = `gather-${championVersion}-${what}`;
  await state.transaction((tx) => tx.outbox.add([{ key, kind: "gather", subject: id }]));
}
