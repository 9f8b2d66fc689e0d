import { DriftwardError } from "../core/errors.ts";
import type { PolicyProblem } from "../core/policy/problem.ts";
import { type ResolvedNode, resolveFile } from "../core/policy/resolved-file.ts";
import type { PolicySource, PolicyText } from "../ports/policy-source.ts";
import type { State } from "../ports/state.ts";
import { requireModel } from "./check-model.ts";
import { parseText } from "./parse-text.ts";

/** A policy with everything filled in, and what it was read from. */
export interface ShownPolicy {
  readonly model: string;
  readonly path: string;
  readonly commit: string | undefined;
  readonly author: string | undefined;
  /** The revision; absent for a file that is looked at before it is applied. */
  readonly revision?: { readonly seq: number; readonly digest: string; readonly appliedAt: string };
  readonly resolved: ResolvedNode;
}

function resolve(source: string, path: string): ResolvedNode {
  const found = resolveFile(source, path);
  if ("resolved" in found) return found.resolved;
  throw refused(found.problems);
}

function refused(problems: readonly PolicyProblem[]): DriftwardError {
  const [first] = problems.filter(({ severity }) => severity === "error");
  return new DriftwardError("InvalidPolicy", first?.message ?? "the policy cannot be read", {
    hint: first?.hint ?? "`driftward validate` tells every mistake",
    ...(first === undefined ? {} : { place: first.place }),
  });
}

/**
 * The policy that is in force for a model.
 *
 * @throws NotFound without such a model, Conflict when nothing is in force for it
 */
export async function showPolicyInForce(state: State, name: string): Promise<ShownPolicy> {
  const model = await requireModel(state, name);
  if (model.policyRevision === undefined)
    throw new DriftwardError("Conflict", `expected a policy for ${name}, found none`, {
      hint: "write one under policies/ and run `driftward apply`",
    });
  const row = await state.policies.get(model.policyRevision);
  const { path, seq, digest, source, gitCommit, author } = row;
  return {
    ...{ model: name, path, commit: gitCommit, author },
    revision: { seq, digest, appliedAt: row.appliedAt.toISOString() },
    resolved: resolve(source, path),
  };
}

/**
 * The policy of a model as files have it, whatever is in force; needs no state.
 *
 * @param paths  files and folders; absent: the configured place
 * @throws NotFound when no file governs the model, InvalidPolicy when the one that does has a mistake
 */
export async function showPolicyOfFiles(
  { policySource }: { readonly policySource: PolicySource },
  name: string,
  paths?: readonly string[],
): Promise<ShownPolicy> {
  const texts = await policySource.read(paths);
  const read = texts.map((text) => ({ text, parsed: parseText(text) }));
  for (const { text, parsed } of read) {
    if ("problems" in parsed) continue;
    const own = parsed.policies.find(({ policy }) => policy.model === name);
    if (own !== undefined) return shown(text, name, own.source);
  }
  const wrong = read.flatMap(({ parsed }) => ("problems" in parsed ? parsed.problems : []));
  // One of the files that cannot be read may be the one that is asked for.
  if (wrong.length > 0) throw refused(wrong);
  throw new DriftwardError("NotFound", `expected a policy of ${name} among ${texts.length} files, found none`, {
    hint: "look at the model's name in the file",
  });
}

function shown({ path, commit, author }: PolicyText, model: string, source: string): ShownPolicy {
  return { model, path, commit, author, resolved: resolve(source, path) };
}
