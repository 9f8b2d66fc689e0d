import type { Window } from "../window.ts";

/** Rows of one batch in one file of the log. */
export interface BatchPart {
  readonly batch: string;
  readonly rows: number;
  /** Event times of its first and last row. */
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** When Driftward came to know of it. */
  readonly seenAt: Date;
}

/** A check that is due: of a batch that is complete, or for one that has not come. */
export interface BatchSlot {
  readonly slotKey: string;
  readonly slotAt: Date;
  readonly window: Window;
}

interface Batch {
  readonly name: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly seenAt: number;
  readonly completeAt: number;
}

/** Earlier batches that the usual time between two is taken of; and gaps of which that many must be there. */
const [lookedAt, fewestGaps] = [10, 2];
/** Checks for one batch that does not come, each one usual time after the other. */
const mostMissed = 30;

const ofBatch = "batch ";
const ofNone = "no batch since ";

/** The batch that a check is of; undefined for one that is of none. */
export function batchOfSlot(slotKey: string): string | undefined {
  return slotKey.startsWith(ofBatch) ? slotKey.slice(ofBatch.length) : undefined;
}

/** Why a check for a batch that has not come has no rows; undefined for any other check. */
export function missedBatch(slotKey: string): string | undefined {
  return slotKey.startsWith(ofNone) ? slotKey.replace(/ \(\d+\)$/, "") : undefined;
}

/**
 * The checks that batches call for up to an instant, in order, no two at the same time.
 *
 * A batch is complete when no part of it has come for `settleMs`; what comes later is in no check. When the next batch is
 * later than the usual time between two (the median of the last ten) and `graceMs`, a check for none is due, and again
 * after each further usual time. Without three batches at different times nothing is usual yet.
 *
 * The same parts give the same slots, whenever it is asked.
 */
export function batchSlots(
  parts: readonly BatchPart[],
  { settleMs, graceMs, until }: { readonly settleMs: number; readonly graceMs: number; readonly until: Date },
): readonly BatchSlot[] {
  const batches = batchesOf(parts, settleMs);
  const complete = batches.filter(({ completeAt }) => completeAt <= until.getTime()).map(slotOfBatch);
  const missed = batches.flatMap((_, index) => missedAfter(batches, index, graceMs, until.getTime()));
  const slots = [...complete, ...missed].sort(
    (one, other) => one.slotAt.getTime() - other.slotAt.getTime() || (one.slotKey < other.slotKey ? -1 : 1),
  );
  let last = Number.NEGATIVE_INFINITY;
  return slots.map((slot) => {
    last = Math.max(last + 1, slot.slotAt.getTime());
    return { ...slot, slotAt: new Date(last) };
  });
}

/** Batches in order of their last rows' times. */
function batchesOf(parts: readonly BatchPart[], settleMs: number): readonly Batch[] {
  const byName = new Map<string, BatchPart[]>();
  for (const part of [...parts].sort((one, other) => one.seenAt.getTime() - other.seenAt.getTime())) {
    const own = byName.get(part.batch) ?? [];
    const before = own.at(-1);
    if (before === undefined || part.seenAt.getTime() - before.seenAt.getTime() <= settleMs) own.push(part);
    byName.set(part.batch, own);
  }
  const batches = [...byName].map(([name, own]): Batch => {
    const seenAt = Math.max(...own.map((part) => part.seenAt.getTime()));
    return {
      name,
      firstAt: Math.min(...own.map((part) => part.firstAt.getTime())),
      lastAt: Math.max(...own.map((part) => part.lastAt.getTime())),
      seenAt: Math.min(...own.map((part) => part.seenAt.getTime())),
      completeAt: seenAt + settleMs,
    };
  });
  return batches.sort((one, other) => one.lastAt - other.lastAt || (one.name < other.name ? -1 : 1));
}

function slotOfBatch({ name, firstAt, lastAt, completeAt }: Batch): BatchSlot {
  const window = { start: new Date(firstAt), end: new Date(lastAt + 1) };
  return { slotKey: `${ofBatch}${name}`, slotAt: new Date(completeAt), window };
}

function missedAfter(batches: readonly Batch[], index: number, graceMs: number, until: number): readonly BatchSlot[] {
  const last = batches[index];
  const before = batches.slice(Math.max(0, index - lookedAt), index + 1);
  const usual = usualGap(before);
  // What came in late was not missed at a time when nobody knew that there was anything to expect.
  const known = before.reduce((latest, { seenAt }) => Math.max(latest, seenAt), Number.NEGATIVE_INFINITY);
  if (last === undefined || usual === undefined) return [];
  const next = batches
    .slice(index + 1)
    .reduce((first, { seenAt }) => Math.min(first, seenAt), Number.POSITIVE_INFINITY);
  const slots: BatchSlot[] = [];
  for (let n = 1; n <= mostMissed; n += 1) {
    const due = last.lastAt + n * usual;
    const slotAt = due + graceMs;
    if (slotAt > Math.min(until, next - 1)) break;
    if (slotAt < known) continue;
    const window = { start: new Date(last.lastAt + 1), end: new Date(Math.max(due, last.lastAt + 2)) };
    slots.push({ slotKey: `${ofNone}${new Date(last.lastAt).toISOString()} (${n})`, slotAt: new Date(slotAt), window });
  }
  return slots;
}

/** Median time between the last rows of batches that follow each other, in ms. */
function usualGap(batches: readonly Batch[]): number | undefined {
  const gaps = batches.slice(1).map(({ lastAt }, index) => lastAt - (batches[index]?.lastAt ?? lastAt));
  const real = gaps.filter((gap) => gap > 0).sort((one, other) => one - other);
  return real.length < fewestGaps ? undefined : real[Math.floor(real.length / 2)];
}
