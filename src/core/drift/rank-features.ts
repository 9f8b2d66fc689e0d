import { groupBy } from "../group-by.ts";
import type { Finding } from "./finding.ts";

/** The findings of one feature in one segment: at least one. */
export interface RankedFeature {
  readonly feature: string;
  readonly segment: string;
  readonly drifted: boolean;
  readonly first: Finding;
  readonly findings: readonly Finding[];
}

/**
 * Features by what matters: those that drifted first, of all rows before those of segments, then by how many rows have
 * moved, then by name.
 */
export function rankFeatures(findings: readonly Finding[]): readonly RankedFeature[] {
  return [...groupBy(findings, ({ segment, feature }) => JSON.stringify([segment, feature])).values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { feature, segment } = first;
      return [{ feature, segment, drifted: group.some((finding) => finding.drifted), first, findings: group }];
    })
    .sort(byWeight);
}

function byWeight(one: RankedFeature, other: RankedFeature): number {
  return (
    Number(other.drifted) - Number(one.drifted) ||
    Number(one.segment !== "") - Number(other.segment !== "") ||
    other.first.moved - one.first.moved ||
    (one.feature < other.feature ? -1 : 1)
  );
}
