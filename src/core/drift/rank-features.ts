import { groupBy } from "../group-by.ts";
import type { Finding } from "./finding.ts";

/** The findings of one feature in one segment: at least one. */
export interface RankedFeature {
  readonly feature: string;
  readonly segment: string;
  readonly drifted: boolean;
  /** Whether it is shown only: its drift is nobody's alarm. */
  readonly observed: boolean;
  readonly first: Finding;
  readonly findings: readonly Finding[];
}

/**
 * Features by what matters: those that drifted first, observed ones after the others and those of segments after those of
 * all rows, then by how many rows have moved, then by name.
 */
export function rankFeatures(findings: readonly Finding[]): readonly RankedFeature[] {
  return [...groupBy(findings, ({ segment, feature }) => JSON.stringify([segment, feature])).values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { feature, segment } = first;
      const drifted = group.some((finding) => finding.drifted);
      return [{ feature, segment, drifted, observed: first.observed === true, first, findings: group }];
    })
    .sort(byWeight);
}

function byWeight(one: RankedFeature, other: RankedFeature): number {
  return (
    loudness(other) - loudness(one) ||
    Number(one.segment !== "") - Number(other.segment !== "") ||
    other.first.moved - one.first.moved ||
    (one.feature < other.feature ? -1 : 1)
  );
}

function loudness({ drifted, observed }: RankedFeature): number {
  return drifted ? (observed ? 1 : 2) : 0;
}
