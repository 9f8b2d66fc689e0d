import { DriftwardError } from "../core/errors.ts";
import type { Identity } from "../core/identity/identity.ts";
import type { IncidentNotice } from "../core/incident/notice.ts";
import type { RunNotice } from "../core/run/notice.ts";
import { noticeToLeave, sentenceToLeave } from "../core/run/notice-to-leave.ts";
import type { Policies } from "../ports/lookups.ts";
import type { IncidentMember, IncidentRow, ModelRow, NotificationRow, RunRow, State } from "../ports/state.ts";
import { sensitiveNow } from "../stages/sensitive-now.ts";

export interface LinkedPagePorts {
  readonly state: State;
  readonly policies: Policies;
}

export interface PageEntry {
  readonly at: Date;
  readonly what: string;
}

/** An incident as its recipients are shown it. */
export interface LinkedIncident {
  readonly incident: IncidentRow;
  readonly model: string;
  /** What was to be said of it last: fit to leave, as a mail is. */
  readonly notice: IncidentNotice;
  readonly events: readonly PageEntry[];
}

export interface LinkedRun {
  readonly run: RunRow;
  readonly model: string;
  readonly notice: RunNotice;
  readonly waits: boolean;
  readonly events: readonly PageEntry[];
}

/** Runs of a model among which those of an incident are looked for. */
const shownRuns = 200;

/**
 * An incident for whom a link was made for.
 *
 * @throws NotFound when there is none; NotAllowed when the policy names the recipient no more
 */
export async function linkedIncident(
  ports: LinkedPagePorts,
  { number, recipient }: { readonly number: number; readonly recipient: string },
): Promise<LinkedIncident> {
  const { state } = ports;
  const incident = await state.incidents.findByNumber(number);
  if (incident === undefined) throw new DriftwardError("NotFound", `there is no incident INC-${number}`);
  const members = await state.incidents.members(incident.id);
  const model = await modelNaming(ports, incident, members, recipient);
  const told = await state.notifications.ofSubject(incident.id);
  const own = told.filter((row) => row.recipient === recipient);
  const runs = await state.runs.recent(model.id, shownRuns);
  const sensitive = await sensitiveNow(ports, [model.name, ...members.map((member) => member.model)]);
  return {
    incident,
    model: model.name,
    // Of several models: what those of another one were told is not theirs to see.
    notice: noticeToLeave(lastOf<IncidentNotice>(members.length > 1 && own.length > 0 ? own : told), sensitive),
    events: toLeave(sensitive, [
      { at: incident.openedAt, what: "opened" },
      ...toldEvents(told),
      ...(members.length > 1 ? members.flatMap(memberEvents) : []),
      ...runs.filter(({ incidentId }) => incidentId === incident.id).flatMap(runEvents),
      ...(incident.acknowledgedAt === undefined
        ? []
        : [{ at: incident.acknowledgedAt, what: `taken on by ${incident.acknowledgedBy ?? "?"}` }]),
      ...(incident.resolvedAt === undefined
        ? []
        : [{ at: incident.resolvedAt, what: `ended: ${incident.resolution ?? ""}` }]),
    ]),
  };
}

/**
 * A run for whom a link was made for.
 *
 * @throws NotFound when there is none; NotAllowed when the policy names the recipient no more
 */
export async function linkedRun(
  ports: LinkedPagePorts,
  { number, recipient }: { readonly number: number; readonly recipient: string },
): Promise<LinkedRun> {
  const { state } = ports;
  const run = await state.runs.findByNumber(number);
  if (run === undefined) throw new DriftwardError("NotFound", `there is no run ${number}`);
  const model = await state.models.get(run.modelId);
  await requireNamed(ports, model, recipient);
  const policy = await ports.policies.of(run.policyRevisionId);
  const sensitive = await sensitiveNow(ports, [model.name]);
  return {
    run,
    model: model.name,
    notice: noticeToLeave(lastOf<RunNotice>(await state.notifications.ofSubject(run.id)), sensitive),
    waits: run.state === "promoting" && policy.promote.approval !== "none",
    events: toLeave(sensitive, runEvents(run)),
  };
}

/** What the policies have named sensitive since it happened is not shown any more. */
function toLeave(sensitive: readonly string[], entries: readonly PageEntry[]): readonly PageEntry[] {
  return entries.map(({ at, what }) => ({ at, what: sentenceToLeave(what, sensitive) }));
}

/** What the link of a mail lets its recipient do: it is about one model, and who asks is the address. */
export function recipientIdentity(recipient: string, model: string): Identity {
  return { actor: { kind: "person", id: recipient }, standing: { kind: "recipient", model } };
}

/** The first model of an incident whose policy names the recipient. */
async function modelNaming(
  ports: LinkedPagePorts,
  incident: IncidentRow,
  members: readonly IncidentMember[],
  recipient: string,
): Promise<ModelRow> {
  for (const id of new Set(members.map(({ modelId }) => modelId))) {
    const model = await ports.state.models.get(id);
    if (await isNamed(ports, model, recipient)) return model;
  }
  const model = await ports.state.models.get(incident.modelId);
  await requireNamed(ports, model, recipient);
  return model;
}

/** A link ends with what made it: who is taken out of the policy opens nothing any more. */
async function requireNamed(ports: LinkedPagePorts, model: ModelRow, recipient: string): Promise<void> {
  if (!(await isNamed(ports, model, recipient)))
    throw new DriftwardError("NotAllowed", "this address is told of the model no more", {
      hint: "ask its owners to add it to the policy",
    });
}

async function isNamed({ policies }: LinkedPagePorts, model: ModelRow, recipient: string): Promise<boolean> {
  const notify = model.policyRevision === undefined ? undefined : (await policies.of(model.policyRevision)).notify;
  const named = [...(notify?.warning ?? []), ...(notify?.critical ?? []), ...(notify?.escalate?.to ?? [])];
  return named.includes(recipient);
}

function lastOf<Body>(told: readonly NotificationRow[]): Body {
  const last = told.toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime()).at(-1);
  if (last === undefined) throw new DriftwardError("NotFound", "nothing was told of it");
  return last.body as Body;
}

const kindWords: Readonly<Record<string, string>> = {
  opened: "told that it opened",
  joined: "told that another model joined",
  repeated: "told that it goes on",
  escalated: "told that nobody has taken it on",
  resolved: "told that it ended",
};

/** One entry for each thing said, however many were told; nobody sees who else was. */
function toldEvents(rows: readonly NotificationRow[]): readonly PageEntry[] {
  const said = new Map<string, NotificationRow[]>();
  for (const row of rows) said.set(`${row.kind} ${row.n}`, [...(said.get(`${row.kind} ${row.n}`) ?? []), row]);
  return [...said.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const words = kindWords[first.kind] ?? first.kind;
    const reason = group.every(({ state }) => state === "silenced") ? first.reason : undefined;
    return [{ at: first.createdAt, what: reason === undefined ? words : `not ${words}: ${reason}` }];
  });
}

function memberEvents({ model, joinedAt, leftAt }: IncidentMember): readonly PageEntry[] {
  const left = leftAt === undefined ? [] : [{ at: leftAt, what: `input of ${model} is whole again` }];
  return [{ at: joinedAt, what: `input of ${model} broke` }, ...left];
}

function runEvents({ number, createdAt, finishedAt, state, outcome, reason }: RunRow): readonly PageEntry[] {
  const end = finishedAt === undefined ? [] : [{ at: finishedAt, what: `run ${number} ended: ${outcome ?? state}` }];
  return [{ at: createdAt, what: `run ${number} started: ${reason}` }, ...end];
}
