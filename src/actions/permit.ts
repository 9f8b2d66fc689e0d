import { DriftwardError } from "../core/errors.ts";
import { allows, type Identity, type Permission } from "../core/identity/identity.ts";
import type { Act } from "../core/identity/role.ts";
import type { Clock } from "../ports/clock.ts";
import type { State } from "../ports/state.ts";
import { findIncident } from "./why.ts";

/** What an act is about; nothing named: all models. */
export interface Subject {
  readonly model?: string | undefined;
  /** Several, each of which has to be allowed; none: nothing of any model is told. */
  readonly models?: readonly string[] | undefined;
  readonly run?: number | undefined;
  /** `INC-12`, or its number. */
  readonly incident?: string | undefined;
  /** The number of a silence. */
  readonly silence?: number | undefined;
  /** The number of a quarantine. */
  readonly quarantine?: number | undefined;
}

/** What is asked: an act, and what it is about. */
export interface Asked {
  readonly act: Act;
  readonly on?: Subject;
}

/**
 * The one place where roles are asked: command line, pages and mails all call it before an action. A refusal of what
 * would change something is recorded.
 *
 * @throws NotAllowed with the roles that may; NotFound when what it is about is not there
 */
export async function permit(
  ports: { readonly state: State; readonly clock: Clock },
  identity: Identity,
  { act, on = {} }: Asked,
): Promise<void> {
  const { standing } = identity;
  const limited = standing.kind === "recipient" || (standing.kind === "token" && standing.models !== undefined);
  const model = limited ? await modelOf(ports.state, on) : on.model;
  const answer = on.models === undefined ? allows(identity, act, model) : allowsAll(identity, act, on.models);
  if (!answer.allowed && limited && act === "acknowledge" && (await mayAsMember(ports.state, identity, on))) return;
  if (answer.allowed) return;
  if (act !== "look")
    await ports.state.transaction(async (tx) => {
      const subject = model === undefined ? undefined : await tx.models.find(model);
      await tx.records.append({
        ...{ actor: identity.actor, at: ports.clock.now(), kind: "act refused", subject: subject?.id ?? "" },
        payload: { act, ...on, model, reason: answer.reason },
      });
    });
  throw new DriftwardError("NotAllowed", answer.reason, { hint: answer.hint });
}

/** The first refusal, if there is one. */
function allowsAll(identity: Identity, act: Act, models: readonly string[]): Permission {
  const { standing } = identity;
  const own = standing.kind === "token" ? standing.models?.[0] : undefined;
  const answers = (models.length === 0 ? [own] : models).map((model) => allows(identity, act, model));
  return answers.find(({ allowed }) => !allowed) ?? { allowed: true };
}

/** Whoever may take on the incidents of one of its models may take on one that models share. */
async function mayAsMember(state: State, identity: Identity, { incident }: Subject): Promise<boolean> {
  if (incident === undefined) return false;
  const members = await state.incidents.members((await findIncident(state, incident)).id);
  return members.some(({ model, leftAt }) => leftAt === undefined && allows(identity, "acknowledge", model).allowed);
}

/** What has a number is of its own model, whatever model is named beside it. */
async function modelOf(state: State, on: Subject): Promise<string | undefined> {
  const row = await rowOf(state, on);
  return row === undefined ? on.model : (await state.models.get(row.modelId)).name;
}

async function rowOf(
  state: State,
  { run, incident, silence, quarantine }: Subject,
): Promise<{ readonly modelId: string } | undefined> {
  if (incident !== undefined) return findIncident(state, incident);
  const named = [
    { what: "run", number: run, find: state.runs.findByNumber },
    { what: "silence", number: silence, find: state.silences.findByNumber },
    { what: "quarantine", number: quarantine, find: state.quarantines.findByNumber },
  ];
  for (const { what, number, find } of named) {
    if (number === undefined) continue;
    const row = await find(number);
    if (row !== undefined) return row;
    throw new DriftwardError("NotFound", `expected the number of a ${what}, got ${number}`);
  }
  return undefined;
}
