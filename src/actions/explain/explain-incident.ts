import type { RuleOutcome } from "../../core/drift/judge.ts";
import { judgeSight } from "../../core/incident/built-in-rules.ts";
import { decideOutcomes, type RuleStanding } from "../../core/incident/decide-outcomes.ts";
import { compareRecord, type RecordComparison } from "../../core/replay/compare-record.ts";
import type { CheckRow, IncidentRow } from "../../ports/state.ts";
import { type IncidentStory, why } from "../why.ts";
import { type CheckExplanation, explainCheck } from "./explain-check.ts";
import type { ExplainPorts } from "./ports.ts";

/** An incident's story, its check evaluated again, and its rule's time decided again from the recorded outcomes. */
export interface IncidentExplanation {
  readonly about: "incident";
  readonly story: IncidentStory;
  readonly opening: CheckExplanation;
  /** Slot from which on the rule held up to the opening. */
  readonly heldSince: Date | undefined;
  readonly decidedAgain: RecordComparison;
}

/** @throws NotFound when there is no such incident */
export async function explainIncident(ports: ExplainPorts, name: string): Promise<IncidentExplanation> {
  const story = await why(ports, name);
  const opening = await ports.state.checks.get(story.incident.openedCheck);
  const [explained, again] = await Promise.all([
    explainCheck(ports, opening),
    decideAgain(ports, story.incident, opening),
  ]);
  return {
    about: "incident",
    story,
    opening: explained,
    heldSince: again.heldSince,
    decidedAgain: compareRecord({ opens: opening.slotAt }, { opens: again.opens }),
  };
}

/** Checks before the opening that are decided again. */
const lookedBack = 2_000;

/** When the rule opens an incident, by the outcomes that were recorded since the champion or the incident before. */
async function decideAgain(
  { state, policies }: ExplainPorts,
  incident: IncidentRow,
  opening: CheckRow,
): Promise<{ readonly opens: Date | undefined; readonly heldSince: Date | undefined }> {
  const since = await startOfRule({ state, policies }, incident, opening);
  const all = await state.checks.after(incident.modelId, since, lookedBack * 10);
  const upTo = all.filter((check) => check.state === "done" && check.slotAt <= opening.slotAt).slice(-lookedBack);
  let standing: RuleStanding | undefined;
  for (const check of upTo) {
    const policy = await policies.of(check.policyRevisionId);
    const asked = (await state.checks.ruleOutcomes(check.id)).map(({ body }) => body as RuleOutcome);
    const outcomes = [...asked, ...judgeSight({ ...check, rows: check.rowCount }, policy)].filter(
      ({ rule, segment }) => rule === incident.rule && segment === incident.segment,
    );
    const [decision] = decideOutcomes({
      slot: check.slotAt,
      spanMs: policy.window.spanMs,
      serves: check.versionId === opening.versionId && check.baselineId === opening.baselineId,
      ...{ outcomes, open: [], asOfSeq: check.asOfSeq, quarantines: [] },
      standing: () => standing,
    });
    if (decision === undefined) continue;
    standing = decision.standing;
    if (decision.effect === "open") return { opens: check.slotAt, heldSince: standing?.state.holdingSince };
  }
  return { opens: undefined, heldSince: standing?.state.holdingSince };
}

/** The instant from which the rule's time is counted: the champion's first day, or the end of its last incident. */
async function startOfRule(
  { state }: Pick<ExplainPorts, "state" | "policies">,
  incident: IncidentRow,
  opening: CheckRow,
): Promise<Date | undefined> {
  const champion = await state.aliases.at(incident.modelId, "champion", opening.slotAt);
  const earlier = (await state.incidents.recent(incident.modelId, 1_000)).filter(
    (one) => one.rule === incident.rule && one.segment === incident.segment && one.openedAt < incident.openedAt,
  );
  const ends = (await Promise.all(earlier.map((one) => endsOf(state, one, incident)))).flat();
  const last = Math.max(Number.NEGATIVE_INFINITY, ...ends, champion?.at.getTime() ?? Number.NEGATIVE_INFINITY);
  return Number.isFinite(last) ? new Date(last) : undefined;
}

/** When it ended for the model: of one that models share, when the model left it. */
async function endsOf(
  state: ExplainPorts["state"],
  { id, resolvedAt, sourceKey }: IncidentRow,
  { modelId, openedAt }: IncidentRow,
): Promise<readonly number[]> {
  if (sourceKey === undefined) return resolvedAt === undefined ? [] : [resolvedAt.getTime()];
  return (await state.incidents.members(id))
    .filter((member) => member.modelId === modelId)
    .flatMap(({ leftAt }) => (leftAt === undefined || leftAt > openedAt ? [] : [leftAt.getTime()]));
}
