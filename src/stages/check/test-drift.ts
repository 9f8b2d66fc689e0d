import { budgetShares } from "../../core/calibration/budget-shares.ts";
import type { CheckLimits } from "../../core/calibration/calibrate.ts";
import { alphaPerCheck } from "../../core/drift/alarm-rate.ts";
import { type Compare, correctTogether, movedEnough, undecided, withExact } from "../../core/drift/compare.ts";
import type { QualityFinding, TestVerdict } from "../../core/drift/finding.ts";
import { findQuality } from "../../core/drift/quality.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { segmentColumns } from "../../core/policy/segments.ts";
import { observedFeatures, watchedFeatures } from "../../core/policy/watched-features.ts";
import { isFeature, isTestedOutput } from "../../core/prediction/contract.ts";
import type { Counts, Profile } from "../../core/profile/bins.ts";
import { averageInterval } from "../../core/schedule/average-interval.ts";
import { formatDuration, type Rate } from "../../core/units.ts";
import { type GatherRequest, gatherCounts } from "./gather-counts.ts";
import { matchSeason, type SeasonPorts, seasonWeights } from "./match-season.ts";

/** Why a window of so many rows says nothing, or undefined when there are enough. */
export function enough(rows: number, policy: Policy): string | undefined {
  const { minRows, spanMs } = policy.window;
  if (rows === 0) return `no predictions in ${formatDuration(spanMs)}`;
  return rows < minRows ? `only ${rows} of the ${minRows} rows needed` : undefined;
}

/** The inputs among what a profile holds: the prediction and its scores are outputs, and only one version's. */
export function featureNames(profile: Profile): readonly string[] {
  return profile.bins.map((bins) => bins.name).filter(isFeature);
}

/**
 * Tests the watched features, the prediction with its score, and the observed features. α is spread over the tests of the first two:
 * observed ones are tested at the same limit, and neither alarm nor spend.
 */
export async function testDrift<Found extends TestVerdict>(
  ports: SeasonPorts,
  policy: Policy,
  version: string,
  {
    limits,
    compared,
    compare,
    ...gathering
  }: Omit<GatherRequest, "segment"> & {
    readonly limits: CheckLimits | undefined;
    /** The profile as it is compared with all rows of the window: of the same season. */
    readonly compared: Profile;
    readonly compare: Compare<Found>;
  },
  counts: Counts,
): Promise<readonly Found[]> {
  const { profile } = gathering;
  const names = featureNames(profile);
  const watched = new Set<string>(watchedFeatures(policy, names));
  const observed = new Set<string>(observedFeatures(policy, names));
  const { tests, floor } = policy.drift;
  const alarming = profile.bins.filter((bins) => watched.has(bins.name) || isTestedOutput(bins.name));
  const number = alarming.reduce((sum, bins) => sum + tests[bins.kind].length, 0);
  const spread =
    alphaPerCheck(budgetOf(policy), averageInterval(policy.schedule, policy.window.spanMs)) / Math.max(1, number);
  const calibrated =
    limits === undefined
      ? {}
      : { designEffects: limits.effects, spreads: limits.spreads ?? {}, provisional: limits.provisional };
  const alphaPerTest = limits?.alphaPerTest ?? spread;
  const options = { tests, alphaPerTest, floor, segment: "", observed, ...calibrated };
  const findings = [...compare(compared, counts, { ...options, only: new Set([...watched, ...observed]) })];
  const outputs = new Set(profile.bins.map((bins) => bins.name).filter(isTestedOutput));
  if (outputs.size > 0) {
    // Inputs are everyone's; the prediction and its score are only this version's.
    const request = { ...gathering, segment: `model_version=${version}` };
    const own = await gatherCounts(ports, request);
    if (enough(own.rows, policy) === undefined) {
      const season = await matchSeason(ports, policy, request);
      findings.push(...compare(season, own, { ...options, only: outputs }));
    }
  }
  return correctTogether(
    await Promise.all(findings.map((finding) => settle(ports, finding, gathering, policy, version))),
  );
}

/** What all rows have of the budget: the whole, but where rules are asked of segments as well. */
function budgetOf(policy: Policy): Rate {
  const { alarmBudget } = policy.drift;
  return segmentColumns(policy).length === 0 ? alarmBudget : (budgetShares(policy).whole ?? alarmBudget);
}

/** The finding with its exact distance, where the bounds do not settle its verdict. */
async function settle<Found extends TestVerdict>(
  ports: SeasonPorts,
  finding: Found,
  gathering: Omit<GatherRequest, "segment">,
  policy: Policy,
  version: string,
): Promise<Found> {
  // What moved less than the floor is no drift, whatever its distance.
  if (finding.test !== "ks" || !undecided(finding) || !movedEnough(finding, policy.drift.floor)) return finding;
  const { modelId, baselineId, files, window, except = [], exceptOfBaseline = [], batch } = gathering;
  if (baselineId === undefined) return finding;
  const own = isTestedOutput(finding.feature);
  const rowsOf = own ? { modelVersion: version } : {};
  const hourWeights = await seasonWeights(ports, policy, {
    ...gathering,
    segment: own ? `model_version=${version}` : "",
  });
  const exact = await ports.engine.exactKolmogorovSmirnov({
    baseline: { paths: [ports.log.locate({ path: ports.log.baselinePath(modelId, baselineId) })], format: "parquet" },
    live: { paths: files.map((file) => ports.log.locate(file)), format: "parquet" },
    feature: finding.feature,
    liveFilter: {
      ...{ from: window.start, to: window.end, except, ...rowsOf },
      ...(batch === undefined ? {} : { batch }),
    },
    ...(exceptOfBaseline.length === 0 ? {} : { baselineFilter: { except: exceptOfBaseline } }),
    ...(hourWeights === undefined ? {} : { hourWeights }),
  });
  return withExact(finding, exact.statistic, policy.drift.floor);
}

/** What is odd about the input; of observed features it is told, and never critical. */
export function inputQuality(policy: Policy, profile: Profile, counts: Counts): readonly QualityFinding[] {
  const names = featureNames(profile);
  const options = { missingRise: policy.quality.missingRise, segment: "" };
  const watched = findQuality(profile, counts, { ...options, only: new Set(watchedFeatures(policy, names)) });
  const observed = findQuality(profile, counts, { ...options, only: new Set(observedFeatures(policy, names)) });
  return [...watched, ...observed.map((finding) => ({ ...finding, severity: "notice" as const }))];
}
