import type { Maintenance, RecurringMaintenance } from "../policy/policy.ts";

/** What mutes notifications: of every rule and segment where it names none. */
export interface Silence {
  readonly number: number;
  readonly rule: string | undefined;
  readonly segment: string | undefined;
  readonly reason: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** The maintenance that the policy has planned for an instant, as a reason not to speak; undefined where it has none. */
export function maintenanceAt(planned: readonly Maintenance[] | undefined, at: Date): string | undefined {
  const until = plannedAt(planned, at);
  return until === undefined ? undefined : `maintenance ${until}`;
}

/** The planned span that an instant lies in, as `until …: reason`; undefined where it lies in none. */
export function plannedAt(planned: readonly Maintenance[] | undefined, at: Date): string | undefined {
  const found = planned?.find((one) => ("weekdays" in one ? comesBackAt(one, at) : at >= one.from && at < one.to));
  if (found === undefined) return undefined;
  const when =
    "weekdays" in found ? `until ${clock(found.toMinute)} (${found.timezone})` : `until ${found.to.toISOString()}`;
  return `${when}: ${found.reason}`;
}

const dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** By the zone's own clock: an hour that it skips is none, one that it has twice is twice muted. */
function comesBackAt({ weekdays, fromMinute, toMinute, timezone }: RecurringMaintenance, at: Date): boolean {
  const parts = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone: timezone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  }).formatToParts(at);
  const part = (type: "weekday" | "hour" | "minute"): string => parts.find((one) => one.type === type)?.value ?? "";
  const day = dayNames.indexOf(part("weekday"));
  const minute = Number(part("hour")) * 60 + Number(part("minute"));
  if (fromMinute < toMinute) return weekdays.includes(day) && minute >= fromMinute && minute < toMinute;
  const begun = weekdays.includes(day) && minute >= fromMinute;
  return begun || (weekdays.includes((day + 6) % 7) && minute < toMinute);
}

function clock(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Why an incident is not spoken of at an instant: the silence that mutes it longest; undefined where none does. */
export function silenceOf(
  silences: readonly Silence[],
  incident: { readonly rule: string; readonly segment: string },
  at: Date,
): string | undefined {
  const [longest] = silences
    .filter((silence) => at >= silence.startsAt && at < silence.endsAt)
    .filter(({ rule }) => rule === undefined || rule === incident.rule)
    .filter(({ segment }) => segment === undefined || segment === incident.segment)
    .sort((one, other) => other.endsAt.getTime() - one.endsAt.getTime());
  return longest === undefined ? undefined : `silence ${longest.number}: ${longest.reason}`;
}
