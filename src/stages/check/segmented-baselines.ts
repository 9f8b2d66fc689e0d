import { sumByCalendar } from "../../core/calibration/match-baseline.ts";
import type { BaselineSegment, SegmentedBaseline } from "../../core/calibration/segmented-baseline.ts";
import { mostSegments, segmentParts } from "../../core/policy/segments.ts";
import { fewEdged } from "../../core/profile/few-edges.ts";
import { rememberLast } from "../../core/remember-last.ts";
import type { Window } from "../../core/window.ts";
import type { RowFilter } from "../../ports/count-engine.ts";
import type { SegmentedBaselines } from "../../ports/lookups.ts";
import { type BaselineRowsPorts, baselineFiles, baselineHours } from "./baseline-hours.ts";

/** Divided baselines that are kept. */
const kept = 8;

type Request = Parameters<SegmentedBaselines["of"]>[0];

/** Divides baselines by the values of columns, each once while it is among the last ones asked for. */
export function createSegmentedBaselines(ports: BaselineRowsPorts): SegmentedBaselines {
  const keyOf = ({ modelId, baselineId, profile, column, match, except = [] }: Request) =>
    JSON.stringify([modelId, baselineId, fewEdged(profile.bins), column, match, except]);
  return { of: rememberLast(kept, keyOf, (request) => divide(ports, request)) };
}

async function divide(ports: BaselineRowsPorts, request: Request): Promise<SegmentedBaseline> {
  const { column, profile, except = [] } = request;
  const values = await frequentValues(ports, request);
  const files = baselineFiles(ports, request);
  const chosen = values.filter(canBeRecorded).slice(0, mostSegments);
  const groups =
    chosen.length === 0
      ? []
      : await ports.engine.count({
          files,
          bins: profile.bins,
          filter: exceptOf(except),
          segments: [{ name: column, values: chosen }],
        });
  const bySegment = new Map(groups.map(({ segment, counts }) => [segmentParts(segment)?.value, counts]));
  const segments: BaselineSegment[] = [];
  for (const value of chosen) {
    const counts = bySegment.get(value);
    if (counts === undefined) continue;
    segments.push({ segment: `${column}=${value}`, value, counts, seasons: await seasonsOf(ports, request, value) });
  }
  const otherRows = profile.counts.rows - segments.reduce((sum, { counts }) => sum + counts.rows, 0);
  return { column, segments, rareValues: values.length - chosen.length, otherRows };
}

/** Values of the column, the most frequent first, ties by the value; none where the baseline lacks the column. */
async function frequentValues(ports: BaselineRowsPorts, request: Request): Promise<readonly string[]> {
  const { column } = request;
  const bins = { kind: "categorical", name: column, categories: [] } as const;
  const found = await ports.engine.unseenValues({
    files: baselineFiles(ports, request),
    bins,
    limit: mostValues,
  });
  return found.map(({ value }) => value);
}

/** Incidents and counts go by the name of a segment: one with a NUL, or too long for an index, is none. */
function canBeRecorded(value: string): boolean {
  return value.length <= longestValue && !value.includes("\u0000");
}

const longestValue = 300;

/** Values that are told apart to say how many are left out. */
const mostValues = 1_000;

function exceptOf(except: readonly Window[]): RowFilter {
  return except.length === 0 ? {} : { except };
}

async function seasonsOf(
  ports: BaselineRowsPorts,
  request: Request,
  value: string,
): Promise<BaselineSegment["seasons"]> {
  const { column, match } = request;
  if (match.length === 0) return [];
  return sumByCalendar(await baselineHours(ports, request, { column, value }), match);
}
