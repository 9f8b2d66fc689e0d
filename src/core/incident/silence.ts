import type { Maintenance } from "../policy/policy.ts";

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
  const found = planned?.find(({ from, to }) => at >= from && at < to);
  return found === undefined ? undefined : `maintenance until ${found.to.toISOString()}: ${found.reason}`;
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
