import type { Actor } from "../core/actor.ts";
import { brokenInputRule } from "../core/drift/judge.ts";
import { sightsOf } from "../core/drift/segment-sight.ts";
import { DriftwardError } from "../core/errors.ts";
import { inconclusiveRule, silentRule } from "../core/incident/built-in-rules.ts";
import { suggestName } from "../core/nearest-name.ts";
import { segmentColumns, segmentParts } from "../core/policy/segments.ts";
import { formatDuration, formatInstant } from "../core/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Policies } from "../ports/lookups.ts";
import type { ModelRow, SilenceRow, State } from "../ports/state.ts";
import { requireModel } from "./check-model.ts";

export interface SilencePorts {
  readonly state: State;
  readonly policies: Policies;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface SilenceWish {
  readonly model: string;
  /** Only this rule's incidents; of every rule when undefined. */
  readonly rule: string | undefined;
  /** Only this segment's incidents: "" is those about all rows; of every segment when undefined. */
  readonly segment: string | undefined;
  /** The rule and the segment are an incident's own: they are there, however long ago it opened. */
  readonly ofIncident?: true;
  readonly forMs: number;
  readonly reason: string;
  readonly actor: Actor;
}

/** A silence that lasts longer is a policy that should be changed. */
const longestMs = 90 * 86_400_000;

/**
 * Mutes what a model's incidents would say, until an end. They open, resolve and are recorded as before; so is what
 * was not said.
 *
 * @throws NotFound when there is no such model, or no such rule or segment of it; InvalidInput for a span that is none
 */
export async function silence(ports: SilencePorts, wish: SilenceWish): Promise<SilenceRow> {
  const { forMs, rule, segment, reason, actor } = wish;
  if (!(forMs > 0 && forMs <= longestMs))
    throw new DriftwardError(
      "InvalidInput",
      `expected a silence longer than 0s and at most 90d, got ${formatDuration(forMs)}`,
      {
        hint: "change the policy where something shall stay quiet for good",
      },
    );
  const model = await requireModel(ports.state, wish.model);
  const looked = wish.ofIncident === undefined;
  if (looked && rule !== undefined) await requireRule(ports, model, rule);
  if (looked && segment !== undefined && segment !== "") await requireSegment(ports, model, segment);
  return ports.state.transaction(async (tx) => {
    await tx.models.lock(model.id);
    const at = ports.clock.now();
    const row = await tx.silences.insert({
      ...{ id: ports.ids.next(), modelId: model.id, rule, segment, reason, createdBy: actor.id },
      ...{ startsAt: at, endsAt: new Date(at.getTime() + forMs) },
    });
    await tx.records.append({
      ...{ actor, at, kind: "silence began", subject: model.id },
      payload: { silence: row.number, model: model.name, ...onlyOf(row), until: row.endsAt.toISOString(), reason },
    });
    return row;
  });
}

/** Incidents of a model among which a rule that the policy has no more is looked for. */
const lookedAt = 50;

/** Checks in which the segments of a model are looked for. */
const checksLookedAt = 10;

/** The same of a segment: those that checks saw, those of incidents, and before any check those of the policy's columns. */
async function requireSegment({ state, policies }: SilencePorts, model: ModelRow, segment: string): Promise<void> {
  if (model.policyRevision === undefined) return;
  const columns = segmentColumns(await policies.of(model.policyRevision));
  const told = (await state.incidents.recent(model.id, lookedAt)).map((incident) => incident.segment);
  const checks = await state.checks.recent(model.id, checksLookedAt);
  const seen = checks.flatMap((check) => sightsOf(check).map((sight) => sight.segment));
  const known = [...new Set([...seen, ...told])].filter((one) => one !== "");
  const column = segmentParts(segment)?.column;
  const isUnseen = !known.some((one) => segmentParts(one)?.column === column);
  if (known.includes(segment) || (isUnseen && column !== undefined && columns.includes(column))) return;
  const hint =
    columns.length === 0
      ? "no rule of the policy looks at segments: leave --segment out"
      : (suggestName(segment, known) ?? `segments are COLUMN=VALUE of ${columns.join(", ")}`);
  throw new DriftwardError("NotFound", `expected a segment of ${model.name}, got "${segment}"`, { hint });
}

/** A silence of a rule that is not there mutes nothing, while a person counts on it. */
async function requireRule({ state, policies }: SilencePorts, model: ModelRow, rule: string): Promise<void> {
  if (model.policyRevision === undefined) return;
  const { rules } = await policies.of(model.policyRevision);
  const told = (await state.incidents.recent(model.id, lookedAt)).map((incident) => incident.rule);
  const builtIn = [brokenInputRule, silentRule, inconclusiveRule];
  const known = [...new Set([...rules.map(({ name }) => name), ...builtIn, ...told])];
  if (known.includes(rule)) return;
  const hint = suggestName(rule, known);
  throw new DriftwardError("NotFound", `expected a rule of ${model.name}, got "${rule}"`, {
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Silences that have not ended, in order of their numbers, each with its model's name. */
export async function listSilences({
  state,
  clock,
}: Pick<SilencePorts, "state" | "clock">): Promise<readonly (SilenceRow & { readonly model: string })[]> {
  const names = new Map((await state.models.list()).map(({ id, name }) => [id, name]));
  const rows = await state.silences.endingAfter(clock.now());
  return rows.map((row) => ({ ...row, model: names.get(row.modelId) ?? "?" }));
}

/**
 * Ends a silence before its time.
 *
 * @throws NotFound when there is none of this number; Conflict when it has ended
 */
export async function expireSilence(
  { state, clock }: Pick<SilencePorts, "state" | "clock">,
  { number, actor }: { readonly number: number; readonly actor: Actor },
): Promise<SilenceRow> {
  const hint = "`driftward silence --list` lists those that last";
  const found = await state.silences.findByNumber(number);
  if (found === undefined)
    throw new DriftwardError("NotFound", `expected the number of a silence, got ${number}`, { hint });
  return state.transaction(async (tx) => {
    await tx.models.lock(found.modelId);
    const at = clock.now();
    if (!(await tx.silences.endAt(found.id, at)))
      throw new DriftwardError("Conflict", `silence ${number} ended at ${formatInstant(found.endsAt)}`, { hint });
    await tx.records.append({
      ...{ actor, at, kind: "silence expired", subject: found.modelId },
      payload: { silence: number, ...onlyOf(found) },
    });
    return tx.silences.get(found.id);
  });
}

function onlyOf({ rule, segment }: Pick<SilenceRow, "rule" | "segment">): { rule?: string; segment?: string } {
  return { ...(rule === undefined ? {} : { rule }), ...(segment === undefined ? {} : { segment }) };
}
