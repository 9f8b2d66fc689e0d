import type { RuleOutcome } from "../../core/drift/judge.ts";
import { judgeSight } from "../../core/incident/built-in-rules.ts";
import { decideOutcomes, type RuleDecision, type RuleStanding } from "../../core/incident/decide-outcomes.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { isBatch } from "../../core/schedule/schedule.ts";
import type { Policies } from "../../ports/lookups.ts";
import type { CheckRow, IncidentRow, ModelRow, State, StateTransaction } from "../../ports/state.ts";
import type { StartRunPorts } from "../run/ports.ts";
import { judgeWatch } from "../run/watch.ts";
import { joinOrOpen } from "./join-incident.ts";
import { forgetOthers } from "./known-rules.ts";
import { leaveOrResolve } from "./leave-incident.ts";
import { lockSources } from "./lock-sources.ts";
import { reconsiderRetrain } from "./reconsider-retrain.ts";
import { remind } from "./remind.ts";

export interface DecidePorts extends StartRunPorts {
  readonly state: State;
  readonly policies: Policies;
}

/** What every step of a decision needs at hand. */
export interface Deciding {
  readonly ports: DecidePorts;
  readonly tx: StateTransaction;
  readonly model: ModelRow;
  readonly check: CheckRow;
  readonly policy: Policy;
}

/** Checks decided in one transaction at most, so that it stays short after a long silence. */
const batch = 50;

/**
 * Decides the checks of a model in the order of their slots, from the last decided one on, and stops at the first that
 * is not evaluated yet: check k + 1 never speaks before check k. A failed or missed check closes its gap as
 * inconclusive. Opens and resolves incidents, queues notifications, and asks the governor for retraining.
 */
export async function decide(
  ports: DecidePorts,
  input: { readonly modelId: string; readonly taskId?: string },
): Promise<void> {
  const policies = new Map<string, Policy>();
  for (;;) {
    const wanted = await ports.state.transaction((tx) => decideSome(ports, tx, input, policies));
    if (wanted === undefined) return;
    // Read between transactions: who waits for a second connection while holding the model's lock stops everyone.
    policies.set(wanted, await ports.policies.of(wanted));
  }
}

/** Decides what there is; stops before a check whose policy is not at hand, and gives back that revision. */
async function decideSome(
  ports: DecidePorts,
  tx: StateTransaction,
  input: { readonly modelId: string; readonly taskId?: string },
  policies: ReadonlyMap<string, Policy>,
): Promise<string | undefined> {
  let model = await tx.models.lock(input.modelId);
  const checks = await tx.checks.after(model.id, model.decidedSlot, batch);
  await lockSources(tx, model, checks, policies);
  let decided = 0;
  for (const check of checks) {
    if (check.state === "planned") break;
    if (check.state === "done") {
      const policy = policies.get(check.policyRevisionId);
      if (policy === undefined) return check.policyRevisionId;
      model = await judgeWatch(ports, tx, { model, check, policy });
      await decideCheck({ ports, tx, model, check, policy });
    }
    await tx.models.update(model.id, { decidedSlot: check.slotAt });
    model = { ...model, decidedSlot: check.slotAt };
    decided += 1;
  }
  if (decided === batch) {
    const last = checks.at(-1);
    await tx.outbox.add([{ key: `decide-after-${last?.id}`, kind: "decide", subject: model.id }]);
  }
  if (input.taskId !== undefined) await tx.outbox.done(input.taskId);
  return undefined;
}

async function decideCheck(deciding: Deciding): Promise<void> {
  const { tx, model, check, policy } = deciding;
  const asked = (await tx.checks.ruleOutcomes(check.id)).map((row) => row.body as RuleOutcome);
  const open = await tx.incidents.open(model.id);
  await forgetOthers(tx, model.id, asked);
  const { rowCount: rows, quarantined, verdict, reason } = check;
  const outcomes = [...asked, ...judgeSight({ rows, quarantined, verdict, reason }, policy)];
  const standings = new Map<RuleOutcome, RuleStanding | undefined>();
  for (const one of outcomes)
    standings.set(one, restore(await tx.checks.ruleState(model.id, one.rule, one.segment), one.when));
  const decisions = decideOutcomes({
    slot: check.slotAt,
    spanMs: policy.window.spanMs,
    disjoint: isBatch(policy.schedule),
    serves: check.versionId === model.championVersion && check.baselineId === model.championBaseline,
    asOfSeq: check.asOfSeq,
    quarantines: await tx.quarantines.list(model.id),
    outcomes,
    open,
    standing: (rule, segment) => [...standings].find(([of]) => of.rule === rule && of.segment === segment)?.[1],
  });
  for (const decision of decisions) {
    const incident = open.find((one) => one.rule === decision.rule && one.segment === decision.segment);
    await carryOut(deciding, decision, incident);
  }
}

async function carryOut(deciding: Deciding, decision: RuleDecision, incident: IncidentRow | undefined): Promise<void> {
  const { tx, model } = deciding;
  const { rule, segment, outcome, effect, resolution, standing } = decision;
  if (standing !== undefined)
    await tx.checks.saveRuleState(model.id, rule, segment, { ...standing.state, when: standing.when });
  if (effect === "open" && outcome !== undefined) await joinOrOpen(deciding, outcome);
  else if (effect === "resolve" && incident !== undefined)
    await leaveOrResolve(deciding, incident, outcome, resolution ?? "");
  else if (effect === "ask again" && incident !== undefined && outcome !== undefined) {
    await reconsiderRetrain(deciding, incident, outcome);
    await remind(deciding, incident, outcome);
  }
}

interface StoredRuleState {
  readonly holdingSince?: string;
  readonly quietSince?: string;
  readonly held?: { readonly slot: string; readonly asOfSeq: number };
  /** The condition that held or did not; another one under the same name starts anew. */
  readonly when?: string;
}

function restore(stored: unknown, now: string): RuleStanding | undefined {
  const { holdingSince, quietSince, held, when } = (stored ?? {}) as StoredRuleState;
  if (when !== now) return undefined;
  return {
    when,
    state: {
      ...(holdingSince === undefined ? {} : { holdingSince: new Date(holdingSince) }),
      ...(quietSince === undefined ? {} : { quietSince: new Date(quietSince) }),
      ...(held === undefined ? {} : { held: { ...held, slot: new Date(held.slot) } }),
    },
  };
}
