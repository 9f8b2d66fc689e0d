import { isDeepStrictEqual } from "node:util";
import { segmentToLeave } from "../core/drift/fit-to-leave.ts";
import type { OperatorNames } from "../core/policy/check-operator.ts";
import type { Policy } from "../core/policy/policy.ts";
import { inOrder, type PolicyProblem } from "../core/policy/problem.ts";
import { plainValues, resolveFile } from "../core/policy/resolved-file.ts";
import { compareReplays } from "../core/replay/compare-replays.ts";
import { policyChanges } from "../core/replay/policy-changes.ts";
import type { ModelPlan, PlannedEffect } from "../core/replay/replayed-policy.ts";
import { sentenceToLeave } from "../core/run/notice-to-leave.ts";
import type { PolicySource, PolicyText } from "../ports/policy-source.ts";
import type { ModelRow, PolicyRevisionRow } from "../ports/state.ts";
import { leftPolicies, type PlaceRead } from "./left-policies.ts";
import { parseText } from "./parse-text.ts";
import { policyMistakes } from "./policy-mistakes.ts";
import { openPast, type ReplayPorts } from "./replay/past.ts";
import { replayedPolicy } from "./replay/replayed-policy.ts";
import { spanOf } from "./replay/span-of.ts";

export interface PlanPorts extends ReplayPorts {
  readonly policySource: PolicySource;
  readonly operator?: OperatorNames;
}

export interface Plan {
  readonly models: readonly ModelPlan[];
  readonly problems: readonly PolicyProblem[];
}

interface Offer {
  readonly policy: Policy;
  readonly source: string;
  readonly path: string;
}

/**
 * What applying policy files would change, and what both versions would have done with the recorded past. Changes
 * nothing; counts of rows and limits that had not been asked for yet are kept.
 *
 * @param paths  files and folders; absent: the configured place, and then policies whose file is gone are told too
 */
export async function plan(
  ports: PlanPorts,
  request: { readonly paths?: readonly string[]; readonly sinceMs: number; readonly hindsight: boolean },
): Promise<Plan> {
  const texts = await ports.policySource.read(request.paths);
  const read = texts.map((text) => ({ text, parsed: parseText(text) }));
  const offers = read.flatMap(({ text, parsed }) => ("problems" in parsed ? [] : offersOf(text, parsed.policies)));
  const files = read.map(({ text: { path }, parsed }) => ({ path, isRead: !("problems" in parsed) }));
  const problems = read.flatMap(({ parsed }) => ("problems" in parsed ? parsed.problems : []));
  const models: ModelPlan[] = [];
  for (const offer of offers) {
    const found = await policyMistakes(ports, offer, offers);
    problems.push(...found.filter((one) => !problems.some((told) => isDeepStrictEqual(told, one))));
    // What apply would refuse has no effect.
    if (!found.some(({ severity }) => severity === "error")) models.push(await planModel(ports, offer, request));
  }
  const left = request.paths === undefined ? await leftOver(ports, offers, files) : [];
  return { models: [...models, ...left], problems: inOrder(problems) };
}

function offersOf(
  { path }: PolicyText,
  policies: readonly { readonly policy: Policy; readonly source: string }[],
): readonly Offer[] {
  return policies.map((one) => ({ ...one, path }));
}

async function planModel(
  ports: PlanPorts,
  { policy, source, path }: Offer,
  request: Parameters<typeof plan>[1],
): Promise<ModelPlan> {
  const model = await ports.state.models.find(policy.model);
  const revision = await revisionOf(ports, model);
  const before = revision === undefined ? {} : valuesOf(revision.source, revision.path);
  const changes = policyChanges(before, valuesOf(source, path));
  const kind = revision === undefined ? "new" : changes.length === 0 ? "unchanged" : "changed";
  const inForce = revision && { path: revision.path, commit: revision.gitCommit, seq: revision.seq };
  const base = { model: policy.model, path, kind, inForce, changes } as const;
  if (kind === "unchanged") return { ...base, effect: undefined, without: undefined };
  const effect = await effectOf(ports, model, { revision, policy }, request);
  return typeof effect === "string"
    ? { ...base, effect: undefined, without: effect }
    : { ...base, effect, without: undefined };
}

async function effectOf(
  ports: PlanPorts,
  model: ModelRow | undefined,
  { revision, policy }: { readonly revision: PolicyRevisionRow | undefined; readonly policy: Policy },
  { sinceMs, hindsight }: Parameters<typeof plan>[1],
): Promise<PlannedEffect | string> {
  if (model === undefined) return "the model is new: nothing of it is recorded yet";
  const past = await openPast(ports, model);
  if (past.promotions.length === 0) return "no version serves yet: there is no baseline to compare with";
  if (past.predictions.length === 0) return "no predictions are recorded yet";
  const span = spanOf(past, { sinceMs });
  const asked = { ...span, hindsight };
  const applied = revision === undefined ? undefined : await ports.policies.of(revision.id);
  const before = applied === undefined ? undefined : await replayedPolicy(ports, past, { ...asked, policy: applied });
  const after = await replayedPolicy(ports, past, { ...asked, policy });
  const differences = before === undefined ? [] : compareReplays(before.replay, after.replay);
  const sensitive = [...policy.data.sensitive, ...(applied?.data.sensitive ?? [])];
  return effectToLeave({ span, before, after, differences }, sensitive);
}

/** A plan may end in a comment: what either policy names sensitive is told of no segment. */
function effectToLeave(
  { span, before, after, differences }: PlannedEffect,
  sensitive: readonly string[],
): PlannedEffect {
  const hide = <One extends { readonly segment: string }>(one: One): One => ({
    ...one,
    segment: segmentToLeave(one.segment, Number.POSITIVE_INFINITY, sensitive),
  });
  const replayed = (side: PlannedEffect["after"]): PlannedEffect["after"] => ({
    ...side,
    replay: { ...side.replay, incidents: side.replay.incidents.map(hide) },
  });
  return {
    span,
    before: before === undefined ? undefined : replayed(before),
    after: replayed(after),
    differences: differences.map((one) => ({ ...hide(one), why: sentenceToLeave(one.why, sensitive) })),
  };
}

async function revisionOf(ports: PlanPorts, model: ModelRow | undefined): Promise<PolicyRevisionRow | undefined> {
  return model?.policyRevision === undefined ? undefined : ports.state.policies.get(model.policyRevision);
}

async function leftOver(
  { state, policySource: { place } }: PlanPorts,
  offers: readonly Offer[],
  files: PlaceRead["files"],
): Promise<readonly ModelPlan[]> {
  const governed = offers.map(({ policy }) => policy.model);
  return (await leftPolicies(state, { place, governed, files })).map(({ model, revision }) => {
    const { path, seq, gitCommit: commit } = revision;
    return {
      model,
      path,
      kind: "left",
      inForce: { path, commit, seq },
      changes: [],
      effect: undefined,
      without: undefined,
    };
  });
}

/** A text that was read before; what cannot be read any more differs from everything. */
function valuesOf(source: string, path: string): unknown {
  const found = resolveFile(source, path);
  return "resolved" in found ? plainValues(found.resolved) : {};
}
