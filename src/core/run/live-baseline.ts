import { millisecondsPer } from "../units.ts";

/** Where the live baseline of a version stands: `kept` is the baseline before, for too little could be gathered. */
export type LiveBaselineState = "waiting" | "gathering" | "making" | "made" | "kept";

export interface LiveBaseline {
  /** When the version became champion. */
  readonly since: Date;
  readonly state: LiveBaselineState;
  /** Up to this place in what is known of the model, no row of the version was found. */
  readonly seenSeq: number;
  /** Rows in [startsAt, endsAt) are gathered; absent while no row of the version is known. */
  readonly startsAt: Date | undefined;
  readonly endsAt: Date | undefined;
}

export interface LiveBaselineClock {
  /** When the champion began to serve without another one in between. */
  readonly since: Date;
  readonly now: Date;
  /** What is known of the model. */
  readonly logSeq: number;
  /** Of the policy in force. */
  readonly spanMs: number;
  readonly settleMs: number;
}

/** What is to be done next: look for the first row, gather from it, make the baseline; nothing for now. */
export type LiveBaselineStep =
  | { readonly step: "look" }
  | { readonly step: "make"; readonly endsAt: Date }
  | { readonly step: "none" };

const none: LiveBaselineStep = { step: "none" };

/**
 * What the live baseline of a champion needs next. A version has one: what is made, or was found to be too little, stays.
 * A version that serves again, and whose rows were not all gathered, begins anew.
 *
 * @param known  what is recorded of it; nothing before the first look
 */
export function nextLiveStep(known: LiveBaseline | undefined, clock: LiveBaselineClock): LiveBaselineStep {
  if (known?.state === "made" || known?.state === "kept") return none;
  if (known === undefined || isOfEarlierReign(known, clock)) return clock.logSeq > 0 ? { step: "look" } : none;
  const { startsAt, endsAt, state, seenSeq } = known;
  if (startsAt === undefined || endsAt === undefined) return clock.logSeq > seenSeq ? { step: "look" } : none;
  // What is being made keeps the span that was pinned with it.
  const until = state === "making" ? endsAt : new Date(startsAt.getTime() + clock.spanMs);
  return clock.now.getTime() >= until.getTime() + clock.settleMs ? { step: "make", endsAt: until } : none;
}

export function isOfEarlierReign(known: LiveBaseline, { since }: Pick<LiveBaselineClock, "since">): boolean {
  return known.state !== "made" && known.state !== "kept" && known.since.getTime() !== since.getTime();
}

/** The first whole hour that a version can be gathered from. */
export function firstWholeHour(since: Date): Date {
  return new Date(Math.ceil(since.getTime() / millisecondsPer.h) * millisecondsPer.h);
}

/**
 * When the present champion became it: a change that only brings another baseline begins no new reign.
 *
 * @param changes  of the alias champion, oldest first
 */
export function reignSince(changes: readonly { readonly versionId: string; readonly at: Date }[]): Date | undefined {
  return beginOfReign(changes, changes.at(-1)?.versionId)?.at;
}

/**
 * The change that made a version champion the last time; those after it only brought it another baseline.
 *
 * @param changes  of the alias champion, oldest first
 */
export function beginOfReign<Change extends { readonly versionId: string }>(
  changes: readonly Change[],
  versionId: string | undefined,
): Change | undefined {
  const last = changes.findLastIndex((change) => change.versionId === versionId);
  const before = changes.slice(0, last + 1).findLastIndex((change) => change.versionId !== versionId);
  return last === -1 ? undefined : changes[before + 1];
}

/** Fewer rows than this make no baseline, however few the policy's windows need. */
const fewestRows = 100;

/** Why rows that were gathered make no baseline; undefined when they do. */
export function tooFewLiveRows(rows: number, minRows: number): string | undefined {
  const needed = Math.max(minRows, fewestRows);
  if (rows >= needed) return undefined;
  const count = `${rows.toLocaleString("en-US")} ${rows === 1 ? "row" : "rows"}`;
  return `${count} could be gathered, of the ${needed.toLocaleString("en-US")} needed`;
}
