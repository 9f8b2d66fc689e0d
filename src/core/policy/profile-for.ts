import { isFeature } from "../prediction/contract.ts";
import type { FeatureBins, Profile } from "../profile/bins.ts";
import { fewEdges, foldCounts } from "../profile/few-edges.ts";
import type { Policy } from "./policy.ts";
import { featureRole } from "./watched-features.ts";

/**
 * A baseline as a policy looks at it: features that raise no alarm have few edges (see `fewEdges`), those that it watches
 * and the outputs all of theirs. O(edges).
 */
export function profileFor({ drift: { features } }: Pick<Policy, "drift">, profile: Profile): Profile {
  const isWatched = ({ name }: FeatureBins) => !isFeature(name) || featureRole(features, name) === "watched";
  const bins = profile.bins.map((feature) => (isWatched(feature) ? feature : fewEdges(feature)));
  const counts = profile.counts.features.map((own, i) => {
    const feature = bins[i];
    return feature === undefined ? own : foldCounts(feature, own);
  });
  return { bins, counts: { ...profile.counts, features: counts } };
}
