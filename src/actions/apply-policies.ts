import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Actor } from "../core/actor.ts";
import type { OperatorNames } from "../core/policy/check-operator.ts";
import type { PolicyOfModel } from "../core/policy/parse-policy.ts";
import { inOrder, type PolicyProblem } from "../core/policy/problem.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { PolicySource, PolicyText } from "../ports/policy-source.ts";
import type { State } from "../ports/state.ts";
import { leftPolicies } from "./left-policies.ts";
import { parseText } from "./parse-text.ts";
import { policyMistakes } from "./policy-mistakes.ts";
import { refusePolicy } from "./refuse-policy.ts";

export interface ApplyPorts {
  readonly state: State;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly policySource: PolicySource;
  /** What driftward.yaml has; what is absent is looked at when it is needed. */
  readonly operator?: OperatorNames;
}

export interface Applied {
  /** Policies that are in force now, by model; `changed` tells whether this call made them so. */
  readonly applied: readonly {
    readonly model: string;
    readonly path: string;
    readonly changed: boolean;
    /** Whether nothing of the model was known: no predictions, no baseline, no policy. */
    readonly unknown: boolean;
  }[];
  /**
   * What is wrong with the others; the revision of theirs that was in force before still is. Hints are of policies in force
   * that name what driftward.yaml has not.
   */
  readonly problems: readonly PolicyProblem[];
  /**
   * Policies of the configured place that stay in force although no file there has them any more: the file is gone, or
   * governs the model no more. Looked for where that is asked and no paths were named.
   */
  readonly left: readonly { readonly model: string; readonly path: string; readonly gone: boolean }[];
}

/** A policy of one model, and the file that it is of. */
interface Offer extends PolicyOfModel {
  readonly text: PolicyText;
  readonly path: string;
}

/**
 * Puts the policies of the configured place, or of the files named, in force. A file that cannot be used changes nothing
 * for its models, is recorded, and is told to the owners of the revisions that stay; it does not keep the others back.
 * One that is in force already is left alone.
 */
export async function applyPolicies(
  ports: ApplyPorts,
  actor: Actor,
  { paths, tellLeft = false }: { readonly paths?: readonly string[]; readonly tellLeft?: boolean } = {},
): Promise<Applied> {
  const texts = await ports.policySource.read(paths);
  const read = texts.map((text) => ({ text, parsed: parseText(text) }));
  const offers = read.flatMap(({ text, parsed }): readonly Offer[] =>
    "problems" in parsed ? [] : parsed.policies.map((one) => ({ ...one, text, path: text.path })),
  );
  const taken = new Set<string>();
  const problems: PolicyProblem[] = [];
  const applied: Applied["applied"][number][] = [];
  for (const offer of offers) {
    const { model } = offer.policy;
    taken.add(model);
    const found = await policyMistakes(ports, offer, offers);
    const wrong = errorsOf(found);
    problems.push(...found.filter((one) => !problems.some((told) => isDeepStrictEqual(told, one))));
    if (wrong.length === 0) {
      const unknown = (await ports.state.models.find(model)) === undefined;
      applied.push({ model, path: offer.path, changed: await applyOne(ports, actor, offer), unknown });
    } else await refuseFor(ports, actor, { model, text: offer.text, problems: wrong });
  }
  for (const { text, parsed } of read) {
    if (!("problems" in parsed)) continue;
    problems.push(...parsed.problems);
    await refuseFile(ports, actor, { text, problems: parsed.problems, taken });
  }
  const left = tellLeft && paths === undefined ? await leftOver(ports, [...taken], read) : [];
  return { applied, problems: inOrder(problems), left };
}

async function leftOver(
  { state, policySource: { place } }: ApplyPorts,
  governed: readonly string[],
  read: readonly { readonly text: PolicyText; readonly parsed: object }[],
): Promise<Applied["left"]> {
  const files = read.map(({ text: { path }, parsed }) => ({ path, isRead: !("problems" in parsed) }));
  const left = await leftPolicies(state, { place, governed, files });
  return left.map(({ model, revision: { path }, gone }) => ({ model, path, gone }));
}

const errorsOf = (problems: readonly PolicyProblem[]) => problems.filter(({ severity }) => severity === "error");

async function refuseFor(
  ports: ApplyPorts,
  actor: Actor,
  refused: { readonly model: string; readonly text: PolicyText; readonly problems: readonly PolicyProblem[] },
): Promise<void> {
  const { text, problems } = refused;
  const model = await ports.state.models.find(refused.model);
  if (model !== undefined)
    await refusePolicy(ports, actor, { modelId: model.id, others: 0, text, problems: errorsOf(problems) });
}

/** A file that cannot be read says not for whom it is: it is for the models whose revision came from it. */
async function refuseFile(
  ports: ApplyPorts,
  actor: Actor,
  refused: {
    readonly text: PolicyText;
    readonly problems: readonly PolicyProblem[];
    readonly taken: ReadonlySet<string>;
  },
): Promise<void> {
  const { text, problems, taken } = refused;
  const inForce = await ports.state.policies.inForceFrom(text.path);
  const models = await Promise.all(inForce.map(({ modelId }) => ports.state.models.get(modelId)));
  const concerned = models.filter(({ name }) => !taken.has(name));
  const others = concerned.length - 1;
  for (const { id } of concerned)
    await refusePolicy(ports, actor, { modelId: id, others, text, problems: errorsOf(problems) });
}

async function applyOne(ports: ApplyPorts, actor: Actor, { text, policy, source }: Offer): Promise<boolean> {
  const digest = createHash("sha256").update(source).digest("hex");
  const at = ports.clock.now();
  return ports.state.transaction(async (tx) => {
    const model = await tx.models.ensure(policy.model, ports.ids.next(), at);
    const latest = await tx.policies.latest(model.id);
    await tx.policies.settleRefusals(model.id, undefined, at);
    const { path, commit, author } = text;
    // The same text in another commit is no other policy; one that was not committed before and is now gets its commit.
    const known = latest?.gitCommit !== undefined || commit === undefined;
    if (latest?.digest === digest && latest.path === path && known && latest.id === model.policyRevision) return false;
    const id = ports.ids.next();
    const seq = (latest?.seq ?? 0) + 1;
    const revision = { id, modelId: model.id, seq, path, gitCommit: commit, author, digest, source, appliedAt: at };
    await tx.policies.insert(revision);
    await tx.models.update(model.id, { policyRevision: id });
    await tx.records.append({
      actor,
      at,
      kind: "policy applied",
      subject: model.id,
      payload: {
        model: policy.model,
        revision: id,
        seq,
        path,
        commit: commit ?? "",
        digest,
        ...(author === undefined ? {} : { author }),
      },
    });
    return true;
  });
}
