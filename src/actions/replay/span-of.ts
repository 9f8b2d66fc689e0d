import { DriftwardError } from "../../core/errors.ts";
import type { Span } from "../../core/replay/replayed-policy.ts";
import type { Past } from "./past.ts";

/**
 * The time to replay. Its end is what was asked for, else the end of the record: the last check, or the last prediction
 * where none was made, so that an old log is replayed as it was. Its begin is what was asked for, else `sinceMs` before.
 *
 * @throws InvalidInput when it ends before it begins, Conflict when nothing is recorded
 */
export function spanOf(
  past: Past,
  asked: { readonly from?: Date; readonly to?: Date; readonly sinceMs: number },
): Span {
  const to = asked.to ?? past.model.decidedSlot ?? latest(past);
  if (to === undefined)
    throw new DriftwardError("Conflict", `expected recorded predictions of ${past.model.name}, found none`, {
      hint: "`driftward ingest` brings them in",
    });
  const from = asked.from ?? new Date(to.getTime() - asked.sinceMs);
  if (from >= to)
    throw new DriftwardError(
      "InvalidInput",
      `expected a time that begins before it ends, got ${from.toISOString()} to ${to.toISOString()}`,
    );
  return { from, to };
}

function latest({ predictions }: Past): Date | undefined {
  const last = predictions.reduce((time, file) => Math.max(time, file.lastAt.getTime()), Number.NEGATIVE_INFINITY);
  return Number.isFinite(last) ? new Date(last) : undefined;
}
