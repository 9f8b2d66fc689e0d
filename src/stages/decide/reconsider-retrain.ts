import { systemActor } from "../../core/actor.ts";
import type { Finding } from "../../core/drift/finding.ts";
import type { RuleOutcome } from "../../core/drift/judge.ts";
import type { IncidentRow } from "../../ports/state.ts";
import { type StartRunAnswer, startRun } from "../run/start-run.ts";
import type { Deciding } from "./decide.ts";

/** Asks the governor for a run because an incident opened; what it answers is recorded, and told in a sentence. */
export async function askForRetrain(deciding: Deciding, incident: IncidentRow, rule: RuleOutcome): Promise<string> {
  const answer = await ask(deciding, incident, rule, false);
  return "refused" in answer
    ? `Retraining refused: ${answer.refused}.`
    : `Retraining started: run ${answer.run.number}.`;
}

/**
 * Asks again while an incident goes on: a cooldown ends, labels come in, a run that failed leaves room for the next. Only
 * a run that starts is recorded; the refusal was when the incident opened.
 */
export async function reconsiderRetrain(deciding: Deciding, incident: IncidentRow, rule: RuleOutcome): Promise<void> {
  if (rule.do.includes("retrain")) await ask(deciding, incident, rule, true);
}

async function ask(
  deciding: Deciding,
  incident: IncidentRow,
  rule: RuleOutcome,
  quiet: boolean,
): Promise<StartRunAnswer> {
  const { ports, tx, model, check, policy } = deciding;
  const provisional = await restsOnProvisional(deciding, rule);
  return startRun(ports, tx, {
    model,
    policy,
    policyRevisionId: check.policyRevisionId,
    reason: `INC-${incident.number}, rule "${rule.rule}"`,
    actor: systemActor,
    incidentId: incident.id,
    asked: { checkId: check.id, rule: rule.rule, segment: rule.segment },
    quiet,
    provisional,
  });
}

/** Whether a rule asks for drift whose limits rest on too little of the baseline. */
async function restsOnProvisional({ tx, check }: Deciding, { values, segment }: RuleOutcome): Promise<boolean> {
  if (!Object.keys(values).some((name) => name.startsWith("drift."))) return false;
  const findings = await tx.checks.findings(check.id);
  return findings.some(
    (finding) => finding.segment === segment && (finding.body as Partial<Finding>).provisional === true,
  );
}
