import type { Policy } from "../../core/policy/policy.ts";
import { profileFor } from "../../core/policy/profile-for.ts";
import { segmentColumns } from "../../core/policy/segments.ts";
import type { Profile } from "../../core/profile/bins.ts";
import { createSlidingCounts, type SlidingCounts } from "../../core/replay/sliding-counts.ts";
import { millisecondsPer } from "../../core/units.ts";
import type { CheckRow } from "../../ports/state.ts";
import { createSegmentedBaselines } from "../../stages/check/segmented-baselines.ts";
import type { Past, ReplayPorts } from "./past.ts";

/** Decoded hours that the segments of a column keep together. */
const keptHours = 4_000;

/** A baseline that served, and the checks that were compared with it, in order. */
interface Served {
  readonly baselineId: string;
  /** As the policy looks at it. */
  readonly profile: Profile;
  readonly rows: readonly CheckRow[];
}

/**
 * Counts that slide, by baseline and segment: of all rows, of each version that served, and of the segments that rules
 * are asked of. None where windows end between hours.
 */
export async function slidingWindows(
  ports: ReplayPorts,
  past: Past,
  { rows, policy }: { readonly rows: readonly CheckRow[]; readonly policy: Policy },
): Promise<ReadonlyMap<string, SlidingCounts>> {
  const sliding = new Map<string, SlidingCounts>();
  const onTheHour = (time: Date) => time.getTime() % millisecondsPer.h === 0;
  if (!rows.every(({ windowStart, windowEnd }) => onTheHour(windowStart) && onTheHour(windowEnd))) return sliding;
  for (const baselineId of new Set(rows.flatMap((row) => row.baselineId ?? []))) {
    const served = { baselineId, rows: rows.filter((row) => row.baselineId === baselineId) };
    const profile = profileFor(policy, await past.profile(baselineId));
    for (const { segment, kept } of await segmentsOf(ports, past, policy, { ...served, profile }))
      sliding.set(slidingKey(baselineId, segment), await open(past, { ...served, profile }, segment, kept));
  }
  return sliding;
}

export function slidingKey(baselineId: string | undefined, segment: string): string {
  return `${baselineId}\n${segment}`;
}

async function open(
  past: Past,
  { baselineId, profile, rows }: Served,
  segment: string,
  kept: number,
): Promise<SlidingCounts> {
  const [first, last] = [rows[0], rows.at(-1)];
  const { bins } = profile;
  if (first === undefined || last === undefined) return createSlidingCounts(bins, []);
  const range = { from: first.windowStart, to: last.windowEnd };
  return createSlidingCounts(bins, await past.hours(baselineId, segment, range, profile), kept);
}

async function segmentsOf(
  ports: ReplayPorts,
  past: Past,
  policy: Policy,
  { baselineId, profile, rows }: Served,
): Promise<readonly { readonly segment: string; readonly kept: number }[]> {
  const versions = [...new Set(rows.flatMap((row) => row.versionId ?? []))];
  const names = await Promise.all(versions.map(async (id) => (await past.version(id)).name));
  const found = ["", ...names.map((name) => `model_version=${name}`)].map((segment) => ({ segment, kept: keptHours }));
  const segmented = ports.segmented ?? createSegmentedBaselines(ports);
  const asked = { modelId: past.model.id, baselineId, profile };
  for (const column of segmentColumns(policy)) {
    const { segments } = await segmented.of({ ...asked, column, match: policy.baseline.match });
    const kept = Math.ceil(keptHours / Math.max(1, segments.length));
    found.push(...segments.map(({ segment }) => ({ segment, kept })));
  }
  return found;
}
