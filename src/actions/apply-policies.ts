import { createHash } from "node:crypto";
import type { Actor } from "../core/actor.ts";
import { checkFeatures } from "../core/policy/check-conditions.ts";
import { parsePolicy } from "../core/policy/parse-policy.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { PolicyProblem } from "../core/policy/problem.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { PolicySource, PolicyText } from "../ports/policy-source.ts";
import type { State } from "../ports/state.ts";
import { sharedModels } from "./validate.ts";

export interface ApplyPorts {
  readonly state: State;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly policySource: PolicySource;
}

export interface Applied {
  /** Policies that are in force now, by model; `changed` tells whether this call made them so. */
  readonly applied: readonly { readonly model: string; readonly path: string; readonly changed: boolean }[];
  /** What is wrong with the others; the revision of theirs that was in force before still is. */
  readonly problems: readonly PolicyProblem[];
}

/**
 * Puts the policies of the configured place, or of the files named, in force. A file that cannot be used changes nothing
 * for its model and does not keep the others back; one that is in force already is left alone.
 */
export async function applyPolicies(ports: ApplyPorts, actor: Actor, paths?: readonly string[]): Promise<Applied> {
  const texts = await ports.policySource.read(paths);
  const read = texts.map((text) => ({ text, parsed: parsePolicy(text.source, text.path) }));
  const good = read.flatMap(({ text, parsed }) =>
    "policy" in parsed ? [{ text, path: text.path, policy: parsed.policy }] : [],
  );
  const twice = sharedModels(good);
  const problems: PolicyProblem[] = [
    ...read.flatMap(({ parsed }) => ("problems" in parsed ? parsed.problems : [])),
    ...twice,
  ];
  const applied: Applied["applied"][number][] = [];
  for (const { text, policy } of good) {
    if (twice.some((problem) => problem.place.file === text.path)) continue;
    const known = await ports.state.models.find(policy.model);
    // Which features there are is known from the model's first rows on.
    const features = known?.features ?? {};
    const unknown = Object.keys(features).length === 0 ? [] : checkFeatures(policy, features);
    problems.push(...unknown);
    if (unknown.length > 0) continue;
    applied.push({ model: policy.model, path: text.path, changed: await applyOne(ports, actor, text, policy) });
  }
  return { applied, problems };
}

async function applyOne(ports: ApplyPorts, actor: Actor, text: PolicyText, policy: Policy): Promise<boolean> {
  const digest = createHash("sha256").update(text.source).digest("hex");
  const at = ports.clock.now();
  return ports.state.transaction(async (tx) => {
    const model = await tx.models.ensure(policy.model, ports.ids.next(), at);
    const latest = await tx.policies.latest(model.id);
    const same = latest?.digest === digest && latest.path === text.path && latest.gitCommit === text.commit;
    if (same && latest.id === model.policyRevision) return false;
    const id = ports.ids.next();
    const seq = (latest?.seq ?? 0) + 1;
    const { path, source, commit } = text;
    await tx.policies.insert({ id, modelId: model.id, seq, path, gitCommit: commit, digest, source, appliedAt: at });
    await tx.models.update(model.id, { policyRevision: id });
    await tx.records.append({
      actor,
      at,
      kind: "policy applied",
      subject: model.id,
      payload: { model: policy.model, revision: id, seq, path, commit: commit ?? "", digest },
    });
    return true;
  });
}
