import { type Explanation, explainRows } from "../../core/drift/explain-rows.ts";
import { rankFeatures } from "../../core/drift/rank-features.ts";
import { fewestRows } from "../../core/drift/small-cells.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { baselineFiles } from "./baseline-hours.ts";
import type { WindowEvaluation } from "./evaluate-window.ts";
import { type CountPorts, rowsOf } from "./gather-counts.ts";

/** Rows of each side that are looked at, and features that a condition may be on. */
const mostRows = 20_000;
const mostFeatures = 64;

/**
 * Which rows carry the drift of a window, and since when: from two samples of 20,000 rows at most. No condition is on a
 * sensitive feature or holds for fewer than ten rows of a side. Where the baseline is matched to a season there is none:
 * rows of other seasons would explain it.
 */
export async function explainDrift(
  ports: CountPorts,
  policy: Policy,
  { findings, gathering, rows }: WindowEvaluation,
): Promise<Explanation | undefined> {
  const { modelId, baselineId, profile, exceptOfBaseline = [] } = gathering;
  const ranked = rankFeatures(findings.filter(({ segment, observed }) => segment === "" && observed !== true));
  const drifted = ranked.filter((one) => one.drifted).map(({ feature }) => feature);
  if (drifted.length === 0 || baselineId === undefined || policy.baseline.match.length > 0) return undefined;
  const names = ranked.map(({ feature }) => feature).slice(0, mostFeatures);
  const bins = profile.bins.filter(({ name }) => names.includes(name));
  const ask = { bins, rows: mostRows };
  const before = exceptOfBaseline.length === 0 ? {} : { filter: { except: exceptOfBaseline } };
  const [baseline, live] = [
    await ports.engine.sample({ ...ask, ...before, files: baselineFiles(ports, { modelId, baselineId }) }),
    await ports.engine.sample({ ...ask, ...rowsOf(ports, { ...gathering, segment: "" }) }),
  ];
  const found = explainRows({ bins, baseline, live, drifted, unnamed: policy.data.sensitive });
  if (found === undefined || found.conditions.length === 0) return found;
  const few = (share: number, all: number) => share > 0 && share * all < fewestRows;
  return few(found.shareBefore, profile.counts.rows) || few(found.shareNow, rows) ? undefined : found;
}
