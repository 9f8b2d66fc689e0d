import type { Compare } from "../../core/drift/compare.ts";
import type { Finding, TestVerdict } from "../../core/drift/finding.ts";
import { groupBy } from "../../core/group-by.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { observedFeatures, watchedFeatures } from "../../core/policy/watched-features.ts";
import { isTestedOutput } from "../../core/prediction/contract.ts";
import type { Counts, Profile } from "../../core/profile/bins.ts";
import { type CountPorts, type GatherRequest, rowsOf } from "./gather-counts.ts";
import { enough } from "./test-drift.ts";

/** What is tested in the segments of one column. */
export interface SegmentTests {
  /** The features, without the column itself: in its own segments it has one value. */
  readonly names: readonly string[];
  readonly alphaPerTest: number;
  readonly bySegment: Readonly<
    Record<string, { readonly effects: Readonly<Record<string, number>>; readonly provisional: boolean }>
  >;
}

export interface SegmentTestRequest<Found extends TestVerdict> {
  readonly policy: Policy;
  readonly version: string;
  /** Whether all rows of the window are this version's. */
  readonly own: "all" | "some";
  readonly gathering: Omit<GatherRequest, "segment">;
  readonly tests: SegmentTests;
  readonly segment: string;
  readonly counts: Counts;
  readonly compared: Profile;
  readonly compare: Compare<Found>;
}

/**
 * Tests one segment of a window against the same segment of the baseline. KS is decided by its certified bounds. Counts
 * are kept only with what drifted: there may be many segments.
 */
export async function testSegment<Found extends TestVerdict & Partial<Pick<Finding, "evidence">>>(
  ports: CountPorts,
  request: SegmentTestRequest<Found>,
): Promise<readonly Found[]> {
  const { policy, gathering, tests, segment, counts, compared, compare } = request;
  const watched = watchedFeatures(policy, tests.names);
  const observed = new Set<string>(observedFeatures(policy, tests.names));
  const own = Object.hasOwn(tests.bySegment, segment) ? tests.bySegment[segment] : undefined;
  const options = {
    ...{ tests: policy.drift.tests, alphaPerTest: tests.alphaPerTest, floor: policy.drift.floor, segment, observed },
    ...(own === undefined ? {} : { designEffects: own.effects, provisional: own.provisional }),
  };
  const outputs = gathering.profile.bins.flatMap(({ name }) => (isTestedOutput(name) ? [name] : []));
  const findings = [...compare(compared, counts, { ...options, only: new Set([...watched, ...observed]) })];
  if (outputs.length > 0) {
    const served = await ofVersion(ports, request);
    if (enough(served.rows, policy) === undefined)
      findings.push(...compare(compared, served, { ...options, only: new Set(outputs) }));
  }
  const drifted = new Set(
    [...groupBy(findings, ({ feature }) => feature)].flatMap(([name, own]) =>
      own.some((one) => one.drifted) ? [name] : [],
    ),
  );
  return findings.map((finding) => (drifted.has(finding.feature) ? finding : withoutCounts(finding)));
}

function withoutCounts<Found extends Partial<Pick<Finding, "evidence">>>(finding: Found): Found {
  const { evidence } = finding;
  if (evidence === undefined) return finding;
  return { ...finding, evidence: { ...evidence, labels: [], baseline: [], window: [] } };
}

/** The rows of the segment that the version judged has predicted: nearly always all of them, and then they are at hand. */
async function ofVersion(ports: CountPorts, request: SegmentTestRequest<TestVerdict>): Promise<Counts> {
  const { gathering, version, own, counts, segment } = request;
  if (own === "all") return counts;
  const { files, filter } = rowsOf(ports, { ...gathering, segment });
  const { bins } = gathering.profile;
  const [found] = await ports.engine.count({ files, bins, filter: { ...filter, modelVersion: version } });
  return found?.counts ?? { rows: 0, features: [] };
}
