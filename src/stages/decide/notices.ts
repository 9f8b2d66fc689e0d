import type { Explanation } from "../../core/drift/explain-rows.ts";
import type { Finding, QualityFinding } from "../../core/drift/finding.ts";
import { fitToLeave, segmentToLeave } from "../../core/drift/fit-to-leave.ts";
import type { RuleOutcome } from "../../core/drift/judge.ts";
import { type SegmentSight, sightsOf } from "../../core/drift/segment-sight.ts";
import { hasPlace, mostADay } from "../../core/incident/cadence.ts";
import { gatheredUntil } from "../../core/incident/digest.ts";
import { type IncidentNotice, sharedBy, worstFindings } from "../../core/incident/notice.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type {
  CheckRow,
  DigestRow,
  IncidentRow,
  NewTask,
  NotificationRow,
  StateTransaction,
} from "../../ports/state.ts";
import type { Performance } from "../check/measure-performance.ts";
import type { Deciding } from "./decide.ts";
import { hushed, hushedForAll } from "./hushed.ts";

/** What a mail says of an incident, gathered from what the check recorded. */
export async function describeIncident(
  { tx, model, check, policy }: Deciding,
  incident: IncidentRow,
  rule: RuleOutcome,
  more: Pick<IncidentNotice, "kind" | "did" | "resolution">,
): Promise<IncidentNotice> {
  const { segment } = incident;
  const findings = (await tx.checks.findings(check.id))
    .filter((row) => row.segment === segment)
    .map((row) => row.body as Finding);
  const sight = sightsOf(check).find((one) => one.segment === segment);
  const version = check.versionId === undefined ? undefined : await tx.versions.get(check.versionId);
  const baseline = check.baselineId === undefined ? undefined : await tx.baselines.get(check.baselineId);
  const revision = await tx.policies.get(check.policyRevisionId);
  const performance = performanceOf(check, segment, sight);
  const alarming = findings.filter((finding) => finding.observed !== true);
  const tested = new Set(alarming.map((finding) => finding.feature));
  const drifted = new Set(alarming.filter((finding) => finding.drifted).map((finding) => finding.feature));
  const { sensitive } = policy.data;
  const rows = sight?.rows ?? check.rowCount ?? 0;
  const seen = fitToLeave(
    {
      rows,
      findings: worstFindings(alarming),
      quality: (check.quality as readonly QualityFinding[]).filter((one) => one.segment === segment),
      performance: performance.findings ?? [],
    },
    sensitive,
  );
  const shared = sharedBy(incident.sourceKey, await tx.incidents.members(incident.id));
  const explanation = segment === "" ? (check.explanation as Explanation | undefined) : undefined;
  return {
    about: "incident",
    model: model.name,
    version: version?.name ?? "?",
    incident: incident.number,
    severity: incident.severity,
    rule: {
      ...rule,
      segment: segmentToLeave(rule.segment, Math.max(rows, await rowsAsItOpened(tx, incident)), sensitive),
    },
    policy: { path: revision.path, commit: revision.gitCommit, revision: revision.seq },
    window: { start: check.windowStart.toISOString(), end: check.windowEnd.toISOString(), rows },
    baselineRows: sight?.baselineRows ?? baseline?.rowCount ?? 0,
    openedAt: incident.openedAt.toISOString(),
    findings: seen.findings,
    ...(explanation === undefined ? {} : { explanation }),
    testedFeatures: tested.size,
    driftedFeatures: drifted.size,
    quality: seen.quality,
    performance: seen.performance,
    withoutPerformance: performance.without,
    budget: policy.drift.alarmBudget,
    ...(shared === undefined ? {} : { shared }),
    ...(policy.promote.approval === "none" ? {} : { asksApproval: true }),
    ...more,
    did: [...more.did, ...leftOut(check)],
  };
}

function leftOut({ quarantined }: CheckRow): readonly string[] {
  if (quarantined === 0) return [];
  return [`${quarantined} hour${quarantined === 1 ? "" : "s"} of the window are in quarantine and were not looked at.`];
}

type Measured = Partial<Pick<Performance, "findings" | "without">>;

/** Of its segment: what was named when it opened is named to its end, so that its mails keep one subject. */
async function rowsAsItOpened(tx: StateTransaction, { segment, openedCheck }: IncidentRow): Promise<number> {
  if (segment === "") return 0;
  return sightsOf(await tx.checks.get(openedCheck)).find((one) => one.segment === segment)?.rows ?? 0;
}

/** The performance that an incident is about: of all rows, or of its segment. */
function performanceOf(check: CheckRow, segment: string, sight: SegmentSight | undefined): Measured {
  if (segment === "") return check.performance as Measured;
  const { performance: findings = [], withoutPerformance: without } = sight ?? {};
  return without === undefined ? { findings } : { findings, without };
}

/** What it takes to tell people of an incident. */
export interface Noticing extends Pick<Deciding, "tx" | "model"> {
  readonly ports: Pick<Deciding["ports"], "clock" | "ids">;
  readonly policy: Pick<Policy, "maintenance"> & { readonly notify: Pick<Policy["notify"], "digest"> };
}

/** What is told of one incident, and to whom. */
export interface Telling {
  readonly incident: IncidentRow;
  readonly notice: IncidentNotice;
  readonly recipients: readonly string[];
  /** Of those of its kind; 1 when absent. */
  readonly n?: number;
}

/** A telling to one of its recipients. */
interface Told extends Pick<Telling, "incident" | "notice" | "n"> {
  readonly recipient: string;
  readonly index: number;
  /** What the recipient heard of the rule in a day. */
  readonly spoken: readonly Pick<NotificationRow, "createdAt">[];
  readonly silence: string | undefined;
}

/**
 * Queues one notification for each recipient; a second call with the same kind and number changes nothing. While a
 * silence lasts, or when the recipient has heard enough of the rule for a day, they are recorded with that, and not sent;
 * where the policy gathers warnings they wait for the digest.
 */
export async function queueNotices(noticing: Noticing, ...tellings: readonly Telling[]): Promise<void> {
  const { ports, tx } = noticing;
  const instance = await tx.instance.id();
  const now = ports.clock.now();
  const told: Told[] = [];
  for (const { incident, notice, recipients, n = 1 } of tellings) {
    const lately = await tx.notifications.ofRule(incident, new Date(now.getTime() - 86_400_000));
    const silence = await (notice.kind === "resolved" ? hushedForAll : hushed)(noticing, incident, now);
    for (const [index, recipient] of recipients.entries()) {
      const spoken = lately.filter((row) => row.recipient === recipient && row.state !== "silenced");
      told.push({ incident, notice, n, recipient, index, spoken, silence });
    }
  }
  // One order over all incidents, so that two models that gather for the same recipients do not wait for each other.
  for (const one of told.sort(byRecipient)) await queueNotice(noticing, one, { instance, now });
}

async function queueNotice(
  { ports, tx, policy }: Noticing,
  { incident, notice, n = 1, recipient, index, spoken, silence }: Told,
  { instance, now }: { readonly instance: string; readonly now: Date },
): Promise<void> {
  const id = ports.ids.next();
  const crowded = !hasPlace(
    notice.kind,
    spoken.map(({ createdAt }) => createdAt),
    now,
  );
  if (crowded && notice.kind === "repeated" && silence === undefined) return;
  const muted = silence ?? (crowded ? `told ${mostADay} times in 24h of this rule at most` : undefined);
  const queuing = { ports, tx, policy, notice, recipient, now };
  const gathered = muted === undefined ? await gatherFor(queuing, incident) : undefined;
  const inserted = await tx.notifications.insert({
    id,
    subjectKind: "incident",
    subjectId: incident.id,
    kind: notice.kind,
    n,
    recipient,
    messageId: `incident-${incident.number}.${notice.kind}.${n === 1 ? "" : `${n}.`}${index + 1}@${instance}`,
    body: notice,
    state: muted !== undefined ? "silenced" : gathered === undefined ? "queued" : "gathered",
    createdAt: now,
    sentAt: undefined,
    reason: muted,
    digestId: gathered?.id,
  });
  if (!inserted || muted !== undefined) return;
  const task: NewTask =
    gathered === undefined
      ? { key: `notify-${id}`, kind: "notify", subject: id }
      : { key: `digest-${gathered.id}`, kind: "digest", subject: gathered.id, notBefore: gathered.dueAt };
  await tx.outbox.add([task]);
}

function byRecipient({ recipient: one }: Told, { recipient: other }: Told): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The digest that gathers a notice, where one does: the next of its recipient that is not written yet. */
async function gatherFor(
  {
    ports,
    tx,
    policy,
    notice,
    recipient,
    now,
  }: Pick<Noticing, "ports" | "tx" | "policy"> & {
    readonly notice: IncidentNotice;
    readonly recipient: string;
    readonly now: Date;
  },
  { severity }: IncidentRow,
): Promise<DigestRow | undefined> {
  let after = now;
  for (;;) {
    const dueAt = gatheredUntil(policy.notify, { kind: notice.kind, severity, recipient }, after);
    if (dueAt === undefined) return undefined;
    const digest = await tx.digests.ensure({ id: ports.ids.next(), recipient, dueAt });
    if (digest.closedAt === undefined) return digest;
    after = dueAt;
  }
}
