/*
 * How often an incident is spoken of. Whoever is told too often stops reading: while it goes on it is repeated, and
 * nobody is told more than four times in 24 hours of one rule, however often it opens and resolves.
 */

const dayMs = 86_400_000;

/** Of one rule and segment, in any 24 hours, to one recipient. The last place is kept for the end of what was told. */
export const mostADay = 4;

/** Checks of two days are never decided at the very same second of theirs. */
const slackMs = 300_000;

/** Whether what is to be said still has a place among what was said in the last 24 hours. */
export function hasPlace(
  kind: "opened" | "joined" | "repeated" | "escalated" | "resolved",
  spoken: readonly Date[],
  now: Date,
): boolean {
  const lately = spoken.filter((at) => now.getTime() - at.getTime() < dayMs).length;
  return lately < (kind === "resolved" ? mostADay : mostADay - 1);
}

/** Whether an incident that goes on is to be spoken of again: never yet, or `repeatMs` ago. */
export function isDueAgain(told: readonly Date[], now: Date, repeatMs: number): boolean {
  const last = told.reduce((latest, at) => Math.max(latest, at.getTime()), Number.NEGATIVE_INFINITY);
  return now.getTime() - last >= repeatMs - Math.min(slackMs, repeatMs / 2);
}
