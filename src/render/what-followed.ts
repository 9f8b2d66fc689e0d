import { instant } from "./format.ts";
import { plainText } from "./plain-text.ts";

/** What came of an incident, as it is told. */
export interface Followed {
  readonly incident: { readonly acknowledgedAt?: Date | undefined; readonly acknowledgedBy?: string | undefined };
  readonly decisions: readonly {
    readonly action: string;
    readonly outcome: string;
    readonly reason: string;
    readonly at: Date;
  }[];
  readonly mails: readonly FollowingMail[];
  readonly runs: readonly {
    readonly number: number;
    readonly state: string;
    readonly outcome: string | undefined;
    readonly createdAt: Date;
  }[];
}

export interface FollowingMail {
  readonly kind: string;
  readonly recipient: string;
  readonly state: string;
  readonly createdAt: Date;
  readonly sentAt: Date | undefined;
  /** Why it was not sent, where it was not. */
  readonly reason: string | undefined;
}

interface Entry {
  readonly at: Date;
  readonly text: string;
}

/** Decisions, runs, who took it on, and mails in the order of their times; what was told again and again is one line. */
export function whatFollowed({ incident, decisions, mails, runs }: Followed): readonly string[] {
  const entries: readonly Entry[] = [
    ...decisions.map(({ action, outcome, reason, at }) => ({ at, text: `${action} ${outcome}: ${plainText(reason)}` })),
    ...runs.map(({ number, state, outcome, createdAt }) => ({
      at: createdAt,
      text: `run ${number} ${state}${outcome === undefined ? "" : `: ${plainText(outcome)}`}`,
    })),
    ...(incident.acknowledgedAt === undefined
      ? []
      : [{ at: incident.acknowledgedAt, text: `taken on by ${plainText(incident.acknowledgedBy ?? "?")}` }]),
    ...mailEntries(mails),
  ];
  return entries
    .toSorted((one, other) => one.at.getTime() - other.at.getTime())
    .map(({ at, text }) => `${instant(at)}  ${text}`);
}

function mailEntries(mails: readonly FollowingMail[]): readonly Entry[] {
  const alike = new Map<string, FollowingMail[]>();
  for (const mail of mails) {
    const key = JSON.stringify([mail.kind, mail.recipient, mail.state, mail.reason]);
    alike.set(key, [...(alike.get(key) ?? []), mail]);
  }
  return [...alike.values()].flatMap((group) => {
    const inOrder = group.toSorted((one, other) => timeOf(one).getTime() - timeOf(other).getTime());
    const [first, last] = [inOrder[0], inOrder.at(-1)];
    if (first === undefined || last === undefined) return [];
    const why = first.reason === undefined ? "" : `: ${plainText(first.reason)}`;
    const times = group.length === 1 ? "" : `, ${group.length} times, last ${instant(timeOf(last))}`;
    const text = `mail "${first.kind}" to ${plainText(first.recipient)}: ${first.state}${why}${times}`;
    return [{ at: timeOf(first), text }];
  });
}

function timeOf({ sentAt, createdAt }: FollowingMail): Date {
  return sentAt ?? createdAt;
}
