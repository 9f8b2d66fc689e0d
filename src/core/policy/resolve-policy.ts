import type { Place } from "../errors.ts";
import type { Severity } from "../verdict.ts";
import { defaultLiveMs } from "./live-span.ts";
import type { RowsOfModel } from "./model-of-row.ts";
import type { Condition, DigestTime, Maintenance, NamedPlace, Policy } from "./policy.ts";
import type { PolicyFile } from "./schema.ts";
import type { Locate } from "./schema-issues.ts";
import { webhookRecipient } from "./webhook-recipient.ts";
import type { KeyPath } from "./yaml-file.ts";

/** Places in the file that a policy was read from. */
export interface Places {
  readonly locate: Locate;
  readonly inText: (path: KeyPath, offset: number) => Place;
}

function conditionAt(source: string, path: KeyPath, places: Places): Condition {
  return { source: source.trimEnd(), place: places.inText(path, 0) };
}

function baseline({ baseline: { match, from, span }, window }: PolicyFile): Policy["baseline"] {
  if (from !== "live") return from === undefined ? { match } : { match, from };
  return { match, from, spanMs: span ?? defaultLiveMs({ spanMs: window.span, match }) };
}

function schedule({ every, cron, timezone, batch, grace }: PolicyFile["schedule"]): Policy["schedule"] {
  if (batch !== undefined) return { batch, graceMs: grace ?? 0 };
  if (cron !== undefined && grace !== undefined) return { cron, timezone: timezone ?? "UTC", graceMs: grace };
  return cron === undefined ? { everyMs: every ?? 0 } : { cron, timezone: timezone ?? "UTC" };
}

/** What tells batches apart is no feature. */
function features({ drift, schedule }: PolicyFile): Policy["drift"]["features"] {
  const { watch, observe, exclude } = drift.features;
  return schedule.batch === undefined
    ? drift.features
    : { watch, observe, exclude: [...new Set([...exclude, schedule.batch])] };
}

function recipients(file: PolicyFile, named: PolicyFile["notify"][Severity]): readonly string[] {
  const all = named.flatMap(({ mail, webhook }) => [
    ...(mail === "owners" ? file.owners : mail === undefined ? [] : [mail]),
    ...(webhook === undefined ? [] : [webhookRecipient(webhook)]),
  ]);
  return [...new Set(all)];
}

function webhookPlaces({ notify }: PolicyFile, { locate }: Places): readonly NamedPlace[] {
  const lists = [
    { path: ["warning"], list: notify.warning },
    { path: ["critical"], list: notify.critical },
    { path: ["escalate", "to"], list: notify.escalate?.to ?? [] },
  ];
  return lists.flatMap(({ path, list }) =>
    list.flatMap(({ webhook }, index) =>
      webhook === undefined ? [] : [{ name: webhook, place: locate(["notify", ...path, index, "webhook"]) }],
    ),
  );
}

function retrain(section: NonNullable<PolicyFile["retrain"]>, { locate }: Places): NonNullable<Policy["retrain"]> {
  const { trainer, cooldown, budget, min_new_labels, timeout, freeze } = section;
  const parameters = Object.entries(section.with ?? {}).map(([name, value]) => ({
    name,
    value,
    place: locate(["retrain", "with", name]),
  }));
  return {
    trainer,
    trainerPlace: locate(["retrain", "trainer"]),
    ...(section.with === undefined ? {} : { with: parameters }),
    cooldownMs: cooldown,
    budget,
    minNewLabels: min_new_labels,
    timeoutMs: timeout,
    ...(freeze === undefined ? {} : { freeze: freeze.map(maintenance) }),
  };
}

function promote(
  { approval, approval_expires: approvalExpiresMs, steps, evaluation_rows, hooks, rollback }: PolicyFile["promote"],
  places: Places,
): Policy["promote"] {
  return {
    ...{ approval, approvalExpiresMs },
    ...(steps?.[0] === undefined ? {} : { shadowMs: steps[0] }),
    ...(evaluation_rows === "required" ? { evaluationRowsRequired: true } : {}),
    ...(hooks === undefined ? {} : { hooks: [hooks].flat(), hooksPlace: places.locate(["promote", "hooks"]) }),
    ...(rollback === undefined
      ? {}
      : {
          rollback: {
            when: conditionAt(rollback.when, ["promote", "rollback", "when"], places),
            withinMs: rollback.within,
          },
        }),
  };
}

function data(
  { predictions, columns, settle, labels, segments, sensitive }: PolicyFile["data"],
  { locate }: Places,
): Policy["data"] {
  const { mature, min_complete, absent_means } = labels;
  return {
    ...(predictions === "log" ? {} : { predictions: { ...predictions, place: locate(["data", "predictions"]) } }),
    columns,
    settleMs: settle,
    labels: {
      matureMs: mature,
      minComplete: min_complete,
      ...(absent_means === undefined ? {} : { absentMeans: absent_means }),
    },
    segments,
    sensitive,
  };
}

const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

function maintenance({
  every,
  from,
  to,
  timezone,
  reason,
}: NonNullable<PolicyFile["maintenance"]>[number]): Maintenance {
  if (every === undefined) return { from: new Date(from), to: new Date(to), reason };
  const days = [every].flat();
  return {
    weekdays: weekdays.flatMap((name, day) => (days.includes("day") || days.includes(name) ? [day] : [])),
    fromMinute: minuteOfDay(from),
    toMinute: minuteOfDay(to),
    timezone: timezone ?? "UTC",
    reason,
  };
}

function digest({ daily, timezone }: NonNullable<PolicyFile["notify"]["digest"]>): DigestTime {
  const minute = minuteOfDay(daily);
  return { hour: Math.floor(minute / 60), minute: minute % 60, timezone };
}

/** `08:30` is 510. */
function minuteOfDay(text: string): number {
  const [hours, minutes] = text.split(":", 2);
  return Number(hours) * 60 + Number(minutes);
}

/**
 * A checked file as the rest of Driftward uses it.
 *
 * @param only  the rows of its model, where `for_each` divides them
 */
export function resolvePolicy(file: PolicyFile, places: Places, only?: RowsOfModel): Policy {
  const webhooks = webhookPlaces(file, places);
  return {
    model: file.model,
    owners: file.owners,
    data: { ...data(file.data, places), ...(only === undefined ? {} : { only }) },
    baseline: baseline(file),
    schedule: schedule(file.schedule),
    window: { spanMs: file.window.span, minRows: file.window.min_rows },
    drift: {
      alarmBudget: file.drift.alarm_budget,
      features: features(file),
      tests: file.drift.tests,
      floor: file.drift.floor,
    },
    quality: { missingRise: file.quality.missing.rise },
    performance: { metrics: file.performance.metrics, windowMs: file.performance.window },
    rules: file.rules.map((rule, index) => ({
      name: rule.name,
      when: conditionAt(rule.when, ["rules", index, "when"], places),
      forMs: rule.for,
      severity: rule.severity,
      do: rule.do,
      place: places.locate(["rules", index]),
      ...(rule.per === undefined ? {} : { per: { column: rule.per, place: places.locate(["rules", index, "per"]) } }),
    })),
    ...(file.retrain === undefined ? {} : { retrain: retrain(file.retrain, places) }),
    evaluate: {
      gates: file.evaluate.gates.map((gate, index) => conditionAt(gate, ["evaluate", "gates", index], places)),
      slices: file.evaluate.slices,
      minSliceRows: file.evaluate.min_slice_rows,
    },
    promote: promote(file.promote, places),
    ...(file.maintenance === undefined
      ? {}
      : {
          maintenance: file.maintenance.map(maintenance),
        }),
    notify: {
      warning: recipients(file, file.notify.warning),
      critical: recipients(file, file.notify.critical),
      repeatMs: file.notify.repeat,
      ...(webhooks.length === 0 ? {} : { webhookPlaces: webhooks }),
      ...(file.notify.digest === undefined ? {} : { digest: digest(file.notify.digest) }),
      ...(file.notify.escalate === undefined
        ? {}
        : {
            escalate: {
              afterMs: file.notify.escalate.after,
              to: recipients(file, file.notify.escalate.to),
            },
          }),
    },
  };
}
