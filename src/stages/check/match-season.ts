import type { HourOfCounts } from "../../core/calibration/hourly-grid.ts";
import { matchBaseline, sumByCalendar, weekWeights } from "../../core/calibration/match-baseline.ts";
import type { BaselineSegment } from "../../core/calibration/segmented-baseline.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Profile } from "../../core/profile/bins.ts";
import { fewEdged } from "../../core/profile/few-edges.ts";
import { rememberLast } from "../../core/remember-last.ts";
import type { Seasons } from "../../ports/lookups.ts";
import { type BaselineRowsPorts, baselineHours } from "./baseline-hours.ts";
import { type CountPorts, type GatherRequest, gatherHours } from "./gather-counts.ts";

export interface SeasonPorts extends CountPorts {
  readonly seasons?: Seasons;
}

/** Baselines whose seasons are kept. */
const kept = 8;

/** Counts baselines by calendar, each once while it is among the last ones asked for. */
export function createSeasons(ports: BaselineRowsPorts): Seasons {
  const keyOf = ({ modelId, baselineId, profile, match, except = [] }: Parameters<Seasons["of"]>[0]) =>
    JSON.stringify([modelId, baselineId, fewEdged(profile.bins), match, except]);
  return {
    of: rememberLast(kept, keyOf, async ({ match, ...baseline }) =>
      sumByCalendar(await baselineHours(ports, baseline), match),
    ),
  };
}

/**
 * The baseline as a window is compared with it: with the window's mix of hours or weekdays where the policy matches
 * them, scaled to its effective size; else as it is. One without times cannot be matched.
 */
export async function matchSeason(ports: SeasonPorts, policy: Policy, request: GatherRequest): Promise<Profile> {
  const seasons = await seasonsOf(ports, policy, request);
  if (seasons.length === 0) return request.profile;
  const { counts } = matchBaseline(seasons, await gatherHours(ports, request), policy.baseline.match);
  return { bins: request.profile.bins, counts };
}

/** What rows of the baseline weigh in that comparison, by hour of the week; undefined where all weigh the same. */
export async function seasonWeights(
  ports: SeasonPorts,
  policy: Policy,
  request: GatherRequest,
): Promise<readonly number[] | undefined> {
  const seasons = await seasonsOf(ports, policy, request);
  if (seasons.length === 0) return undefined;
  return weekWeights(seasons, await gatherHours(ports, request), policy.baseline.match);
}

async function seasonsOf(
  ports: SeasonPorts,
  policy: Policy,
  { modelId, baselineId, profile, exceptOfBaseline: except = [] }: GatherRequest,
): Promise<readonly HourOfCounts[]> {
  const { match } = policy.baseline;
  if (match.length === 0 || baselineId === undefined) return [];
  return (ports.seasons ?? createSeasons(ports)).of({ modelId, baselineId, profile, match, except });
}

/** A segment of the baseline as the window's rows of it are compared: with their mix of hours or weekdays, likewise. */
export async function matchSegment(
  ports: SeasonPorts,
  policy: Policy,
  request: GatherRequest,
  { counts, seasons }: BaselineSegment,
): Promise<Profile> {
  const { bins } = request.profile;
  if (seasons.length === 0) return { bins, counts };
  return { bins, counts: matchBaseline(seasons, await gatherHours(ports, request), policy.baseline.match).counts };
}
