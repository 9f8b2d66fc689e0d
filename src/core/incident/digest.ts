import type { DigestTime, Policy } from "../policy/policy.ts";
import { webhookOf } from "../policy/webhook-recipient.ts";
import { nextSlotAfter } from "../schedule/next-slot.ts";
import type { Severity } from "../verdict.ts";
import type { IncidentNotice } from "./notice.ts";

/** What a mail that gathers warnings is rendered from, kept with the notification. Times are ISO 8601 in UTC. */
export interface DigestNotice {
  readonly about: "digest";
  readonly kind: "digest";
  /** When it was due. */
  readonly dueAt: string;
  /** Incidents that something was to be said of, as they are when it is written: open ones first, oldest first. */
  readonly entries: readonly DigestEntry[];
}

export interface DigestEntry {
  readonly state: "firing" | "acknowledged" | "resolved";
  readonly acknowledgedBy: string | undefined;
  /** What was to be said of it last. */
  readonly notice: IncidentNotice;
}

/**
 * When what is to be said of an incident is gathered for, undefined where it is said at once: criticals are, and what the
 * next address is told, and webhooks, whose receivers gather by themselves.
 */
export function gatheredUntil(
  { digest }: Pick<Policy["notify"], "digest">,
  told: { readonly kind: IncidentNotice["kind"]; readonly severity: Severity; readonly recipient: string },
  now: Date,
): Date | undefined {
  if (digest === undefined || told.severity !== "warning" || told.kind === "escalated") return undefined;
  return webhookOf(told.recipient) === undefined ? nextDigestAfter(digest, now) : undefined;
}

/** The next time of a digest strictly after an instant. */
export function nextDigestAfter({ hour, minute, timezone }: DigestTime, after: Date): Date | undefined {
  return nextSlotAfter({ cron: `${minute} ${hour} * * *`, timezone }, after);
}

/** Open ones first, in the order they opened; of each incident what was to be said last. */
export function digestEntries(entries: readonly DigestEntry[]): readonly DigestEntry[] {
  const last = new Map(entries.map((entry) => [entry.notice.incident, entry]));
  const isOver = ({ state }: DigestEntry): number => (state === "resolved" ? 1 : 0);
  return [...last.values()].sort(
    (one, other) => isOver(one) - isOver(other) || one.notice.incident - other.notice.incident,
  );
}
