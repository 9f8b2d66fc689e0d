import type { PerformanceFinding } from "../../core/drift/rule-facts.ts";
import { formatPlace } from "../../core/errors.ts";
import { isUnmeasurable } from "../../core/metrics/metric.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { KeptPromise } from "../../core/run/version-notice.ts";
import type { WatchNotice } from "../../core/run/watch-notice.ts";
import type { Ids } from "../../ports/ids.ts";
import type { CheckRow, IncidentRow, ModelRow, RunRow, StateTransaction, WatchRow } from "../../ports/state.ts";
import { queueNotification } from "../queue-notification.ts";
import { mutedBy } from "./tell.ts";

export interface TellingOfWatch
  extends Pick<WatchNotice, "kind" | "reason">,
    Partial<Pick<WatchNotice, "against" | "blocked">> {
  readonly model: ModelRow;
  readonly watch: WatchRow;
  /** The policy in force; nobody is told where none is. */
  readonly policy: Policy | undefined;
  readonly at: Date;
  /** The check whose numbers are told, where one is. */
  readonly check: CheckRow | undefined;
}

/**
 * Queues one mail about a watch for everyone whom the policy wants told, in the thread of the promotion: ends as those of
 * runs, by the severity of the incident that asked for the run, and muted as they are; a version that cannot be taken back
 * as critical, and once.
 */
export async function notifyOfWatch(
  { ids }: { readonly ids: Ids },
  tx: StateTransaction,
  telling: TellingOfWatch,
): Promise<void> {
  const { model, watch, policy, at, kind } = telling;
  if (policy === undefined) return;
  const run = watch.runId === undefined ? undefined : await tx.runs.get(watch.runId);
  const incident = run?.incidentId === undefined ? undefined : await tx.incidents.get(run.incidentId);
  const severity = kind === "stuck" ? "critical" : (incident?.severity ?? "warning");
  const recipients = [...new Set(policy.notify[severity])];
  if (recipients.length === 0) return;
  const body = await describeWatch(tx, telling, run, incident);
  const muted = kind === "stuck" ? undefined : await mutedBy(tx, telling, policy, incident);
  const instance = await tx.instance.id();
  const n = watch.championEpoch;
  for (const [index, recipient] of recipients.entries()) {
    const id = ids.next();
    await queueNotification(tx, {
      ...{ id, subjectKind: "model", subjectId: model.id, kind: `watch ${kind}`, n, recipient, body },
      messageId: `version-${model.id.slice(0, 8)}.${kind}.${n}.${index + 1}@${instance}`,
      ...{ state: muted === undefined ? "queued" : "silenced", createdAt: at, sentAt: undefined, reason: muted },
    });
  }
}

async function describeWatch(
  tx: StateTransaction,
  { model, watch, policy, kind, reason, check, against, blocked }: TellingOfWatch,
  run: RunRow | undefined,
  incident: IncidentRow | undefined,
): Promise<WatchNotice> {
  const place = policy?.promote.rollback?.when.place;
  return {
    ...{ about: "watch", kind, model: model.name, version: (await tx.versions.get(watch.versionId)).name },
    ...{ promotedAt: watch.startedAt.toISOString(), watchedUntil: watch.endsAt.toISOString() },
    ...{ run: run?.number, incident: incident?.number, reason },
    place: place === undefined ? undefined : formatPlace(place),
    metrics: check === undefined ? [] : promisesOf(check),
    ...(against === undefined ? {} : { against }),
    ...(blocked === undefined ? {} : { blocked }),
  };
}

/** What a check measured of a version, beside what was promised of it. */
export function promisesOf({ performance }: CheckRow): readonly KeptPromise[] {
  const { findings = [] } = performance as { readonly findings?: readonly PerformanceFinding[] };
  return findings.map(({ metric, promised, now }) => ({
    metric,
    promised,
    now: isUnmeasurable(now) ? undefined : now,
  }));
}

/** Checks that the last one of a watch that could judge it is looked for in. */
const looked = 50;

/** The last checks of a watch's time: the newest of all, and the newest that measured something. */
export async function lastChecks(
  tx: StateTransaction,
  { modelId, versionId, baselineId, startedAt, endsAt }: WatchRow,
): Promise<{ readonly last: CheckRow | undefined; readonly measured: CheckRow | undefined }> {
  const checks = (await tx.checks.recent(modelId, looked)).filter(
    (one) =>
      one.versionId === versionId &&
      one.baselineId === baselineId &&
      one.state === "done" &&
      one.slotAt > startedAt &&
      one.slotAt <= endsAt,
  );
  return { last: checks[0], measured: checks.find((one) => promisesOf(one).length > 0) };
}
