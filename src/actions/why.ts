import type { RuleOutcome } from "../core/drift/judge.ts";
import { DriftwardError } from "../core/errors.ts";
import { judgeSight } from "../core/incident/built-in-rules.ts";
import type { Policies } from "../ports/lookups.ts";
import type { DecisionRow, IncidentMember, IncidentRow, NotificationRow, RunRow, State } from "../ports/state.ts";
import { sensitiveSince } from "../stages/sensitive-now.ts";
import { type ModelCheck, readCheck } from "./check-model.ts";

/** What is recorded of an incident: the rule with its numbers, the check that opened it, and what followed. */
export interface IncidentStory {
  readonly model: string;
  readonly incident: IncidentRow;
  /** Models that share it, in the order they joined; none where it is one model's alone. */
  readonly members: readonly IncidentMember[];
  /** The rule as it was asked when the incident opened. */
  readonly rule: RuleOutcome | undefined;
  readonly policy: { readonly path: string; readonly revision: number; readonly commit: string | undefined };
  readonly check: ModelCheck;
  readonly decisions: readonly DecisionRow[];
  readonly mails: readonly NotificationRow[];
  readonly runs: readonly RunRow[];
}

/** Runs of a model among which those of an incident are looked for. */
const shownRuns = 200;

/**
 * Why an incident is there: nothing is computed anew, all of it was recorded when it was decided.
 *
 * @param asked  `INC-12`, or its number
 * @throws InvalidInput when the name is no incident's, NotFound when there is no such incident
 */
export async function why(
  { state, policies }: { readonly state: State; readonly policies: Policies },
  asked: string,
): Promise<IncidentStory> {
  const incident = await findIncident(state, asked);
  const opened = await state.checks.get(incident.openedCheck);
  const [models, revision, policy, outcomes, decisions, mails, runs, members] = await Promise.all([
    state.models.list(),
    state.policies.get(opened.policyRevisionId),
    policies.of(opened.policyRevisionId),
    state.checks.ruleOutcomes(opened.id),
    state.decisions.ofCheck(opened.id),
    state.notifications.ofSubject(incident.id),
    state.runs.recent(incident.modelId, shownRuns),
    state.incidents.members(incident.id),
  ]);
  const name = models.find((one) => one.id === incident.modelId)?.name ?? "?";
  const builtIn = judgeSight({ ...opened, rows: opened.rowCount }, policy);
  const own = outcomes.find((one) => one.rule === incident.rule && one.segment === incident.segment);
  return {
    model: name,
    incident,
    members,
    rule: (own?.body as RuleOutcome | undefined) ?? builtIn.find(({ rule }) => rule === incident.rule),
    policy: { path: revision.path, revision: revision.seq, commit: revision.gitCommit },
    check: await readCheck(state, opened.id, await sensitiveSince({ state, policies }, name, policy)),
    decisions: decisions.filter((one) => one.rule === incident.rule && one.segment === incident.segment),
    mails,
    runs: runs.filter((run) => run.incidentId === incident.id).toReversed(),
  };
}

/** The incident of this name: `INC-12`, or its number. */
export async function findIncident(state: State, name: string): Promise<IncidentRow> {
  const [, number] = /^(?:INC-)?(\d{1,9})$/i.exec(name) ?? [];
  const hint = "`driftward status MODEL` lists a model's incidents";
  if (number === undefined)
    throw new DriftwardError("InvalidInput", `expected an incident such as INC-12, got "${name}"`, { hint });
  const incident = await state.incidents.findByNumber(Number(number));
  if (incident === undefined)
    throw new DriftwardError("NotFound", `there is no incident INC-${Number(number)}`, { hint });
  return incident;
}
