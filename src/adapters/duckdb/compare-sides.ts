import { decodeCounts, encodeCounts } from "../../core/profile/counts-codec.ts";
import { emptyCounts } from "../../core/profile/empty-counts.ts";
import { decodeProfile } from "../../core/profile/profile-codec.ts";
import { compareHeld } from "./compare-held.ts";
import { countRows } from "./count.ts";
import {
  distanceOf,
  type EncodedSides,
  openBaseline,
  openSide,
  type SidesRequest,
  sideReader,
  type Work,
} from "./opened-sides.ts";
import { profileRows } from "./profile.ts";
import { insideRead, openRefinement } from "./refine-distance.ts";
import type { Session } from "./session.ts";
import { openSource } from "./source.ts";

/** Doubles of both sides that are held at once: 96 MB, so that no more memory is taken than where files are streamed. */
const MAX_HELD = 12_000_000;

/**
 * Profiles one side and counts the other over its bins; see the port. Each column is read once where both sides of it can
 * be held, a few columns at a time; larger files are read as `profile` and `count` do, and again between the edges where a
 * distance is open.
 */
export async function compareSides(session: Session, request: SidesRequest, maxHeld = MAX_HELD): Promise<EncodedSides> {
  const names = (request.profile?.bins ?? request.features).map(({ name }) => name);
  const live = await openSide(session, await openSource(session, request.live, [...names, "_invalid"]));
  const baseline = await openBaseline(session, request, names);
  const rows = live.rows + (request.profile === undefined ? (baseline?.rows ?? 0) : 0);
  const work: Work = { session, request, baseline, live, together: Math.floor(maxHeld / Math.max(1, rows)) };
  return work.together === 0 ? compareStreamed(work) : compareHeld(work);
}

async function compareStreamed({ session, request, baseline, live }: Work): Promise<EncodedSides> {
  const { features, edges } = request;
  const fitted =
    request.profile === undefined
      ? await profileRows(session, { files: request.baseline, features, edges })
      : undefined;
  const { bins, counts } = request.profile ?? decodeProfile(fitted ?? new Uint8Array());
  const [group] = await countRows(session, { files: request.live, bins });
  const encoded = group?.counts ?? encodeCounts(emptyCounts(bins));
  const counted = decodeCounts(encoded);
  const distances: (number | undefined)[] = [];
  const workspace = openRefinement();
  for (const [f, feature] of bins.entries()) {
    const [before, now] = [counts.features[f], counted.features[f]];
    const isOpen = request.exact && feature.kind === "numeric" && before !== undefined && now !== undefined;
    const read = {
      baseline: insideRead(sideReader(session, baseline, feature.name)),
      live: sideReader(session, live, feature.name),
    };
    distances.push(isOpen ? await distanceOf({ bins: feature, counts: before }, now, read, workspace) : undefined);
  }
  return { ...(fitted === undefined ? {} : { profile: fitted }), counts: encoded, distances };
}
