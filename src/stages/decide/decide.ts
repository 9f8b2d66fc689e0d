import type { RuleOutcome } from "../../core/drift/judge.ts";
import { advanceRule, type RuleState } from "../../core/incident/rule-state.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Policies } from "../../ports/lookups.ts";
import type { CheckRow, IncidentRow, ModelRow, State, StateTransaction } from "../../ports/state.ts";
import type { StartRunPorts } from "../run/ports.ts";
import { openIncident } from "./open-incident.ts";
import { reconsiderRetrain } from "./reconsider-retrain.ts";
import { resolveIncident } from "./resolve-incident.ts";

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
  await ports.state.transaction(async (tx) => {
    let model = await tx.models.lock(input.modelId);
    const checks = await tx.checks.after(model.id, model.decidedSlot, batch);
    let decided = 0;
    for (const check of checks) {
      if (check.state === "planned") break;
      if (check.state === "done")
        await decideCheck({ ports, tx, model, check, policy: await ports.policies.of(check.policyRevisionId) });
      await tx.models.update(model.id, { decidedSlot: check.slotAt });
      model = { ...model, decidedSlot: check.slotAt };
      decided += 1;
    }
    if (decided === batch) {
      const last = checks.at(-1);
      await tx.outbox.add([{ key: `decide-after-${last?.id}`, kind: "decide", subject: model.id }]);
    }
    if (input.taskId !== undefined) await tx.outbox.done(input.taskId);
  });
}

async function decideCheck(deciding: Deciding): Promise<void> {
  const { tx, model, check } = deciding;
  const rows = await tx.checks.ruleOutcomes(check.id);
  const open = await tx.incidents.open(model.id);
  const outcomes = rows.map((row) => asOfNow(row.body as RuleOutcome, check, model));
  await forgetOthers(tx, model, outcomes);
  for (const outcome of outcomes) {
    const incident = open.find((one) => one.rule === outcome.rule && one.segment === outcome.segment);
    await decideRule(deciding, outcome, incident);
  }
  await retireRules(deciding, outcomes, open);
}

/** What a check says of a version or a baseline that no longer serves opens and resolves nothing. */
function asOfNow(outcome: RuleOutcome, check: CheckRow, model: ModelRow): RuleOutcome {
  const serves = check.versionId === model.championVersion && check.baselineId === model.championBaseline;
  return serves ? outcome : { ...outcome, outcome: "inconclusive" };
}

async function decideRule(deciding: Deciding, outcome: RuleOutcome, incident: IncidentRow | undefined): Promise<void> {
  const { tx, model, check, policy } = deciding;
  const { rule, segment, when } = outcome;
  const stored = ((await tx.checks.ruleState(model.id, rule, segment)) ?? {}) as StoredRuleState;
  const { state, effect } = advanceRule(restore(stored, when), {
    slot: check.slotAt,
    outcome: outcome.outcome,
    forMs: outcome.forMs,
    spanMs: policy.window.spanMs,
    incidentOpen: incident !== undefined,
  });
  await tx.checks.saveRuleState(model.id, rule, segment, { ...state, when });
  if (effect === "open") await openIncident(deciding, outcome);
  else if (effect === "resolve" && incident !== undefined)
    await resolveIncident(deciding, incident, outcome, "the rule no longer holds");
  else if (incident !== undefined && outcome.outcome === "holds") await reconsiderRetrain(deciding, incident, outcome);
}

/** Incidents of rules that the policy no longer has end with it. */
async function retireRules(
  deciding: Deciding,
  outcomes: readonly RuleOutcome[],
  open: readonly IncidentRow[],
): Promise<void> {
  const orphans = open.filter(
    (incident) => !outcomes.some((one) => one.rule === incident.rule && one.segment === incident.segment),
  );
  for (const incident of orphans)
    await resolveIncident(deciding, incident, undefined, "the policy has no such rule any more");
}

/** Under this name, which no rule can have, it is kept which rules the check decided last had. */
const allRules = "";

/** A rule that was taken out of the policy and comes back has not held in between: it starts anew. */
async function forgetOthers(tx: StateTransaction, model: ModelRow, outcomes: readonly RuleOutcome[]): Promise<void> {
  const names = [...new Set(outcomes.map(({ rule }) => rule))];
  const before = ((await tx.checks.ruleState(model.id, allRules, "")) ?? []) as readonly string[];
  for (const gone of before.filter((name) => !names.includes(name)))
    await tx.checks.saveRuleState(model.id, gone, "", {});
  if (names.join("\n") !== before.join("\n")) await tx.checks.saveRuleState(model.id, allRules, "", names);
}

interface StoredRuleState {
  readonly holdingSince?: string;
  readonly quietSince?: string;
  /** The condition that held or did not; another one under the same name starts anew. */
  readonly when?: string;
}

function restore({ holdingSince, quietSince, when }: StoredRuleState, now: string): RuleState {
  if (when !== now) return {};
  return {
    ...(holdingSince === undefined ? {} : { holdingSince: new Date(holdingSince) }),
    ...(quietSince === undefined ? {} : { quietSince: new Date(quietSince) }),
  };
}
