import type { Finding } from "../../core/drift/finding.ts";
import type { CheckRow } from "../../ports/state.ts";
import type { Past, ReplayPorts } from "./past.ts";
import type { ReplayRequest } from "./replay-policy.ts";

/** Exact distances that the check of a slot found: of the same rows against the same baseline they are the same. */
export function recordedDistances(
  ports: ReplayPorts,
  past: Past,
  row: CheckRow,
  { hindsight, policy }: Pick<ReplayRequest, "hindsight" | "policy">,
) {
  const recorded = hindsight ? undefined : past.checkOf(row.slotKey);
  const same =
    recorded !== undefined &&
    recorded.baselineId === row.baselineId &&
    recorded.versionId === row.versionId &&
    recorded.asOfSeq === row.asOfSeq &&
    recorded.windowStart.getTime() === row.windowStart.getTime();
  let findings: Promise<readonly Finding[]> | undefined;
  return async (feature: string) => {
    if (!same) return undefined;
    // Rows of the baseline weigh by the seasons that the policy matches.
    const { match } = (await ports.policies.of(recorded.policyRevisionId)).baseline;
    if (match.join() !== policy.baseline.match.join()) return undefined;
    findings ??= ports.state.checks.findings(recorded.id).then((rows) => rows.map(({ body }) => body as Finding));
    const found = (await findings).find(
      (finding) => finding.feature === feature && finding.segment === "" && finding.test === "ks",
    );
    if (found === undefined || found.lower !== found.upper) return undefined;
    return { statistic: found.statistic, n: found.n, m: found.m };
  };
}
