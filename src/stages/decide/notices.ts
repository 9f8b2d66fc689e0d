import type { Finding, QualityFinding } from "../../core/drift/finding.ts";
import type { RuleOutcome } from "../../core/drift/judge.ts";
import type { PerformanceFinding } from "../../core/drift/rule-facts.ts";
import { type IncidentNotice, worstFindings } from "../../core/incident/notice.ts";
import type { IncidentRow } from "../../ports/state.ts";
import type { Deciding } from "./decide.ts";
import { recipientsOf } from "./recipients.ts";

/** What a mail says of an incident, gathered from what the check recorded. */
export async function describeIncident(
  { tx, model, check, policy }: Deciding,
  incident: IncidentRow,
  rule: RuleOutcome,
  more: Pick<IncidentNotice, "kind" | "did" | "resolution">,
): Promise<IncidentNotice> {
  const findings = (await tx.checks.findings(check.id)).map((row) => row.body as Finding);
  const version = check.versionId === undefined ? undefined : await tx.versions.get(check.versionId);
  const baseline = check.baselineId === undefined ? undefined : await tx.baselines.get(check.baselineId);
  const revision = await tx.policies.get(check.policyRevisionId);
  const performance = check.performance as { readonly findings?: readonly PerformanceFinding[] };
  const tested = new Set(findings.map((finding) => finding.feature));
  const drifted = new Set(findings.filter((finding) => finding.drifted).map((finding) => finding.feature));
  const sensitive = new Set(policy.data.sensitive);
  return {
    about: "incident",
    model: model.name,
    version: version?.name ?? "?",
    incident: incident.number,
    severity: incident.severity,
    rule,
    policy: { path: revision.path, commit: revision.gitCommit },
    window: {
      start: check.windowStart.toISOString(),
      end: check.windowEnd.toISOString(),
      rows: check.rowCount ?? 0,
    },
    baselineRows: baseline?.rowCount ?? 0,
    openedAt: incident.openedAt.toISOString(),
    findings: worstFindings(findings).map((finding) =>
      sensitive.has(finding.feature) ? withoutValues(finding) : finding,
    ),
    testedFeatures: tested.size,
    driftedFeatures: drifted.size,
    quality: check.quality as readonly QualityFinding[],
    performance: performance.findings ?? [],
    ...more,
  };
}

/** A finding without any value of its feature: sensitive values leave in no mail. */
function withoutValues(finding: Finding): Finding {
  return { ...finding, direction: undefined, evidence: { ...finding.evidence, labels: [], baseline: [], window: [] } };
}

/** Queues one mail for everyone whom the policy wants told; a second call with the same kind and n changes nothing. */
export async function notifyOwners(deciding: Deciding, incident: IncidentRow, notice: IncidentNotice): Promise<void> {
  const { ports, tx, policy } = deciding;
  const instance = await tx.instance.id();
  for (const [index, recipient] of recipientsOf(policy, incident.severity).entries()) {
    const id = ports.ids.next();
    const inserted = await tx.notifications.insert({
      id,
      subjectKind: "incident",
      subjectId: incident.id,
      kind: notice.kind,
      n: 1,
      recipient,
      messageId: `incident-${incident.number}.${notice.kind}.${index + 1}@${instance}`,
      body: notice,
      state: "queued",
      createdAt: ports.clock.now(),
      sentAt: undefined,
    });
    if (inserted) await tx.outbox.add([{ key: `notify-${id}`, kind: "notify", subject: id }]);
  }
}
