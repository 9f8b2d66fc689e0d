import { describeDirection, hasUnseenValues } from "../core/drift/direction.ts";
import { type Explanation, explainRows } from "../core/drift/explain-rows.ts";
import type { Finding } from "../core/drift/finding.ts";
import { rankFeatures } from "../core/drift/rank-features.ts";
import type { Counts, FeatureBins, FeatureCounts, Profile } from "../core/profile/bins.ts";
import type { CountEngine, DataFiles } from "../ports/count-engine.ts";

export interface ExplainRequest {
  readonly baseline: DataFiles;
  readonly live: DataFiles;
  readonly profile: Profile;
  readonly counts: Counts;
  readonly findings: readonly Finding[];
  /** Features whose values are named nowhere. */
  readonly sensitive?: readonly string[];
}

export interface ExplainedFindings {
  /** With new values named. */
  readonly findings: readonly Finding[];
  /** Which rows carry the drift; undefined when nothing drifted or nothing explains it. */
  readonly explanation: Explanation | undefined;
}

/** Rows of each side that are looked at, and features that a condition may be on. */
const mostRows = 20_000;
const mostFeatures = 64;
/** Features whose new values are asked for, and values of each. */
const mostNamed = 8;
const mostValues = 5;

/**
 * Which rows carry the drift of a comparison, since when, and which values are new: at most two samples of 20,000 rows
 * and one query for each of eight features, whatever the size of the files.
 *
 * @throws InvalidData when a file cannot be read any more
 */
export async function explainComparison(engine: CountEngine, request: ExplainRequest): Promise<ExplainedFindings> {
  const ranked = rankFeatures(request.findings.filter(({ segment }) => segment === ""));
  const drifted = ranked.filter((one) => one.drifted).map(({ feature }) => feature);
  if (drifted.length === 0) return { findings: request.findings, explanation: undefined };
  const names = ranked.map(({ feature }) => feature).slice(0, mostFeatures);
  return {
    findings: await nameNewValues(engine, request, drifted),
    explanation: await explain(engine, request, { names, drifted }),
  };
}

async function explain(
  engine: CountEngine,
  { baseline, live, profile, sensitive = [] }: ExplainRequest,
  { names, drifted }: { readonly names: readonly string[]; readonly drifted: readonly string[] },
): Promise<Explanation | undefined> {
  const bins = profile.bins.filter(({ name }) => names.includes(name));
  const ask = { bins, rows: mostRows };
  const [before, now] = [
    await engine.sample({ files: baseline, ...ask }),
    await engine.sample({ files: live, ...ask }),
  ];
  return explainRows({ bins, baseline: before, live: now, drifted, unnamed: sensitive });
}

async function nameNewValues(
  engine: CountEngine,
  { live, profile, counts, findings, sensitive = [] }: ExplainRequest,
  drifted: readonly string[],
): Promise<readonly Finding[]> {
  const named = new Map<string, string>();
  for (const name of drifted.filter((feature) => !sensitive.includes(feature)).slice(0, mostNamed)) {
    const sides = sidesOf(profile, counts, name);
    if (sides === undefined || sides.bins.kind !== "categorical") continue;
    const { bins, before, now } = sides;
    if (!hasUnseenValues(bins, before, now)) continue;
    const unseen = await engine.unseenValues({ files: live, bins: sides.bins, limit: mostValues });
    named.set(name, describeDirection(bins, before, now, unseen));
  }
  return findings.map((finding) => {
    const direction = finding.segment === "" ? named.get(finding.feature) : undefined;
    return direction === undefined ? finding : { ...finding, direction };
  });
}

interface Sides {
  readonly bins: FeatureBins;
  readonly before: FeatureCounts;
  readonly now: FeatureCounts;
}

function sidesOf(profile: Profile, counts: Counts, name: string): Sides | undefined {
  const index = profile.bins.findIndex((bins) => bins.name === name);
  const [bins, before, now] = [profile.bins[index], profile.counts.features[index], counts.features[index]];
  return bins === undefined || before === undefined || now === undefined ? undefined : { bins, before, now };
}
