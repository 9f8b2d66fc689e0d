import type { RecordComparison } from "../core/replay/compare-record.ts";
import type { CheckGrounds, RunGrounds } from "../core/replay/explanation.ts";

/** What was computed again, without texts that may hold values of sensitive features. */
export function recomputedJson(comparison: RecordComparison | undefined): object | null {
  if (comparison === undefined) return null;
  const safe = (value: unknown) => (typeof value === "number" || typeof value === "boolean" ? value : null);
  return {
    same: comparison.same,
    differences: comparison.differences.map(({ path, recorded, recomputed }) => ({
      path,
      recorded: safe(recorded),
      recomputed: safe(recomputed),
    })),
  };
}

/** A check as an object of schema driftward/why/v1. */
export function checkExplanationJson(
  grounds: CheckGrounds,
  check: object,
  recomputed: RecordComparison | undefined,
): object {
  const { id, model, slot, asOfSeq, policy, limits, rules, decisions } = grounds;
  return {
    schema: "driftward/why/v1",
    ...{ model, check_id: id, slot, as_of_seq: asOfSeq },
    policy: { path: policy.path, revision: policy.revision, commit: policy.commit ?? null },
    ...{ limits, rules, decisions, check },
    recomputed: recomputedJson(recomputed),
  };
}

/** A run as an object of schema driftward/why/v1. */
export function runExplanationJson({ recomputed, policy, ...grounds }: RunGrounds): object {
  return {
    schema: "driftward/why/v1",
    ...grounds,
    policy: { path: policy.path, revision: policy.revision, commit: policy.commit ?? null },
    recomputed: recomputedJson(recomputed),
  };
}
