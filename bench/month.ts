/*
 * A month's window from hourly counts: 720 hours of 50 features summed, against counting the same rows at once.
 *
 *   tsc -p bench/tsconfig.json && node dist/bench/month.js
 */
import { isDeepStrictEqual } from "node:util";
import { createTally, tallyNumbers } from "../src/adapters/duckdb/bucketer.ts";
import { tallyCounts } from "../src/adapters/duckdb/count.ts";
import { indexEdges } from "../src/adapters/duckdb/edge-index.ts";
import type { Counts, FeatureBins, NumericBins } from "../src/core/profile/bins.ts";
import { encodeCounts, sumEncodedCounts } from "../src/core/profile/counts-codec.ts";
import { cellCount } from "../src/core/profile/empty-counts.ts";
import { fewEdged, fewEdges } from "../src/core/profile/few-edges.ts";
import { fitNumericBins } from "../src/core/profile/fit-numeric-bins.ts";

const [hours, features] = [720, 50];

let state = 42;
/** Uniform in [0, 1): a linear congruential generator is random enough to be counted. */
function draw(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

function values(count: number): Float64Array {
  return Float64Array.from({ length: count }, () => Math.tan(3 * (draw() - 0.5)));
}

function count(bins: readonly NumericBins[], rows: readonly Float64Array[]): Counts {
  const counted = bins.map((feature, f) => {
    const tally = createTally(1, cellCount(feature));
    const own = rows[f] ?? new Float64Array();
    tallyNumbers(tally, indexEdges(feature.edges), { values: own, validity: undefined, groups: undefined });
    return tallyCounts(tally, [0]);
  });
  return { rows: rows[0]?.length ?? 0, features: counted };
}

function join(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** The first ones are watched, the others only observed: these are counted with few edges. */
const watched = 10;

function time(bins: readonly FeatureBins[], parts: readonly Uint8Array[], direct: Counts): number {
  const times = Array.from({ length: 9 }, () => {
    const before = process.cpuUsage();
    const summed = sumEncodedCounts(bins, parts);
    const { user, system } = process.cpuUsage(before);
    if (!isDeepStrictEqual(summed, direct)) throw new Error("expected the sum of hours to be the direct count");
    return (user + system) / 1_000;
  });
  return median(times.slice(2));
}

function tell(what: string, bins: readonly FeatureBins[], parts: readonly Uint8Array[], direct: Counts): void {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0) / hours;
  console.log(
    `${what}: ${time(bins, parts, direct).toFixed(0)} ms, equal to a direct count; ` +
      `${(bytes / features).toFixed(0)} bytes a feature and hour, ${(bytes / 1e3).toFixed(1)} kB an hour`,
  );
}

for (const [edges, rowsPerHour] of [
  [256, 100],
  [256, 1_400],
  [1_024, 100],
  [1_024, 1_400],
] as const) {
  const bins = Array.from({ length: features }, (_, f) => fitNumericBins(`f${f}`, values(100_000).sort(), edges));
  const rows = Array.from({ length: hours }, () => Array.from({ length: features }, () => values(rowsPerHour)));
  const whole = bins.map((_, f) => join(rows.map((hour) => hour[f] ?? new Float64Array())));
  const parts = rows.map((hour) => encodeCounts(count(bins, hour)));
  tell(`${edges} edges, ${rowsPerHour} rows an hour`, bins, parts, count(bins, whole));
  const fewer = bins.map((feature, f) => (f < watched ? feature : fewEdges(feature)) as NumericBins);
  const coarse = rows.map((hour) => encodeCounts(count(fewer, hour), fewEdged(fewer)));
  const direct = count(fewer, whole);
  tell(`  ${features - watched} of ${features} observed`, fewer, coarse, direct);
  tell("  the same from hours with all edges", fewer, parts, direct);
}
