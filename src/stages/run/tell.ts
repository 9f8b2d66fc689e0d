import { maintenanceAt, silenceOf } from "../../core/incident/silence.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { RunNotice } from "../../core/run/notice.ts";
import type { IncidentRow, ModelRow, RunRow, StateTransaction } from "../../ports/state.ts";
import { queueNotification } from "../queue-notification.ts";
import type { AdvancePorts } from "./ports.ts";
import type { Told } from "./step.ts";

export interface Telling {
  readonly model: ModelRow;
  readonly run: RunRow;
  readonly at: Date;
  readonly kind: RunNotice["kind"];
  readonly outcome: string;
  readonly told: Told;
}

/**
 * Queues one mail about a run that ended, or waits for a word, for everyone whom the policy wants told: those of the
 * incident that caused it, by its severity, else those of a warning. An end may be silenced; a word is always asked for.
 */
export async function notifyOfRun(ports: AdvancePorts, tx: StateTransaction, telling: Telling): Promise<void> {
  const { run, kind, at } = telling;
  const policy = await ports.policies.of(run.policyRevisionId);
  const incident = run.incidentId === undefined ? undefined : await tx.incidents.get(run.incidentId);
  const recipients = new Set(policy.notify[incident?.severity ?? "warning"]);
  if (recipients.size === 0) return;
  const body = await describeRun(tx, telling, incident?.number);
  const instance = await tx.instance.id();
  const muted = kind === "approval" ? undefined : await mutedBy(tx, telling, policy, incident);
  for (const [index, recipient] of [...recipients].entries()) {
    const id = ports.ids.next();
    await queueNotification(tx, {
      id,
      subjectKind: "run",
      subjectId: run.id,
      kind,
      n: 1,
      recipient,
      messageId: `run-${run.number}.${kind}.${index + 1}@${instance}`,
      body,
      state: muted === undefined ? "queued" : "silenced",
      createdAt: at,
      sentAt: undefined,
      reason: muted,
    });
  }
}

/** A silence of the whole model mutes its runs' ends, one of a rule those that the rule asked for; so does maintenance. */
export async function mutedBy(
  tx: StateTransaction,
  { model, at }: Pick<Telling, "model" | "at">,
  policy: Policy,
  incident: IncidentRow | undefined,
): Promise<string | undefined> {
  const about = { rule: incident?.rule ?? "", segment: incident?.segment ?? "" };
  return silenceOf(await tx.silences.endingAfter(at, model.id), about, at) ?? maintenanceAt(policy.maintenance, at);
}

async function describeRun(
  tx: StateTransaction,
  { model, run, kind, outcome, told }: Telling,
  incident: number | undefined,
): Promise<RunNotice> {
  const champion = told.champion ?? (await nameOf(tx, model.championVersion)) ?? "none";
  return {
    about: "run",
    kind,
    model: model.name,
    run: run.number,
    incident,
    reason: run.reason,
    policy: await policyOf(tx, run),
    trainer: run.trainer,
    champion,
    candidate: told.candidate ?? (await nameOf(tx, run.candidateVersion)),
    trainingRows: told.data?.trainingRows,
    evaluationRows: told.data?.evaluationRows,
    evaluatedFrom: told.data?.cut,
    evaluatedTo: told.data?.until,
    metrics: told.metrics ?? [],
    gates: told.gates ?? [],
    ...(told.errorRate === undefined ? {} : { errorRate: told.errorRate }),
    ...(told.slices === undefined ? {} : { slices: told.slices }),
    ...(told.log === undefined ? {} : { log: told.log }),
    outcome,
  };
}

async function policyOf(tx: StateTransaction, run: RunRow): Promise<NonNullable<RunNotice["policy"]>> {
  const { path, gitCommit, seq } = await tx.policies.get(run.policyRevisionId);
  return { path, commit: gitCommit, revision: seq, place: await ruleOf(tx, run.decisionId) };
}

/** Where the rule stands whose decision the run is. */
async function ruleOf(tx: StateTransaction, decisionId: string | undefined): Promise<string | undefined> {
  if (decisionId === undefined) return undefined;
  const { checkId, rule, segment } = await tx.decisions.get(decisionId);
  const outcomes = await tx.checks.ruleOutcomes(checkId);
  const body = outcomes.find((one) => one.rule === rule && one.segment === segment)?.body;
  const place = (body as { readonly place?: unknown } | undefined)?.place;
  return typeof place === "string" ? place : undefined;
}

async function nameOf(tx: StateTransaction, versionId: string | undefined): Promise<string | undefined> {
  return versionId === undefined ? undefined : (await tx.versions.get(versionId)).name;
}
