import { millisecondsPer } from "../units.ts";
import type { Window } from "../window.ts";

/** A span of whole hours of event time [from, to) whose rows a person distrusts. */
export interface Quarantine {
  readonly number: number;
  readonly from: Date;
  readonly to: Date;
  readonly reason: string;
  /** Place in what is known of the model: in force for whoever knows up to `seq` or more. */
  readonly seq: number;
  /** Likewise for its end; undefined while it stands. */
  readonly liftedSeq: number | undefined;
}

/** What was kept out of one window. */
export interface QuarantinedHours {
  readonly hours: number;
  readonly by: readonly Pick<Quarantine, "number" | "reason">[];
}

/** Those in force for whoever knows what came up to a place in the model's sequence. */
export function inForceAt<Row extends Quarantine>(quarantines: readonly Row[], asOfSeq: number): readonly Row[] {
  return quarantines.filter(({ seq, liftedSeq }) => seq <= asOfSeq && (liftedSeq === undefined || liftedSeq > asOfSeq));
}

/** The hours that quarantines in force keep out, as disjoint spans in order of time. */
export function quarantinedSpans(quarantines: readonly Quarantine[], asOfSeq: number): readonly Window[] {
  const spans = [...inForceAt(quarantines, asOfSeq)].sort((one, other) => one.from.getTime() - other.from.getTime());
  const merged: Window[] = [];
  for (const { from, to } of spans) {
    const last = merged.at(-1);
    if (last === undefined || from > last.end) merged.push({ start: from, end: to });
    else if (to > last.end) merged[merged.length - 1] = { start: last.start, end: to };
  }
  return merged;
}

/** Whether hours of a window were put in quarantine between two places in what is known, and still are at the second. */
export function cameInQuarantine(
  quarantines: readonly Quarantine[],
  { window, from, to }: { readonly window: Window; readonly from: number; readonly to: number },
): boolean {
  return inForceAt(quarantines, to).some((one) => one.seq > from && one.from < window.end && one.to > window.start);
}

/** Whether an instant, in ms since 1970, lies in one of the spans. */
export function isWithin(spans: readonly Window[], time: number): boolean {
  return spans.some(({ start, end }) => time >= start.getTime() && time < end.getTime());
}

/** The spans that share time with a window. */
export function spansWithin(spans: readonly Window[], window: Window): readonly Window[] {
  return spans.filter(({ start, end }) => start < window.end && end > window.start);
}

/** Hours of a window that lie in disjoint spans; a part of an hour counts as that part. */
export function hoursWithin(spans: readonly Window[], window: Window): number {
  const shared = spansWithin(spans, window).map(
    ({ start, end }) =>
      Math.min(end.getTime(), window.end.getTime()) - Math.max(start.getTime(), window.start.getTime()),
  );
  return shared.reduce((sum, ms) => sum + ms, 0) / millisecondsPer.h;
}

/** A span made to begin and end on the hour, outwards: counts are kept by the hour. */
export function toWholeHours({ start, end }: Window): Window {
  const hour = millisecondsPer.h;
  return {
    start: new Date(Math.floor(start.getTime() / hour) * hour),
    end: new Date(Math.ceil(end.getTime() / hour) * hour),
  };
}
