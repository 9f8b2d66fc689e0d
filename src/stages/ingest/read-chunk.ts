import { idKey, labelDigest, predictionDigest } from "../../core/prediction/content-digest.ts";
import type { LogLabel, LogPrediction, RowSchema } from "../../core/prediction/prediction.ts";
import { type RowOutcome, type RowRules, readLabel, readPrediction } from "../../core/prediction/read-row.ts";
import type { Reject } from "../../ports/rejects.ts";
import type { RawBatch, RawRow } from "../../ports/row-source.ts";
import type { LogKey } from "../../ports/state.ts";

/** A row that can be kept, with what tells whether the log has it. */
export interface Candidate<Row> extends LogKey {
  readonly row: Row;
  readonly raw: RawRow;
}

export interface Read<Row> {
  readonly candidates: readonly Candidate<Row>[];
  readonly rejects: readonly Reject[];
}

/** What of a chunk is new, what the log had already, and what contradicts it. */
export interface Sorted<Row> {
  readonly fresh: readonly Candidate<Row>[];
  readonly known: number;
  readonly rejects: readonly Reject[];
}

/** How rows of one kind are read and told apart. */
export interface RowType<Row> {
  readonly read: (values: readonly unknown[], rules: RowRules) => RowOutcome<Row>;
  readonly digest: (row: Row, schema: RowSchema) => Uint8Array;
}

export const predictionType: RowType<LogPrediction> = { read: readPrediction, digest: predictionDigest };
export const labelType: RowType<LogLabel> = { read: readLabel, digest: labelDigest };

export function readBatch<Row extends { readonly predictionId: string }>(
  batch: RawBatch,
  rules: RowRules,
  type: RowType<Row>,
): Read<Row> {
  const candidates: Candidate<Row>[] = [];
  const rejects: Reject[] = [];
  for (const raw of batch.rows) {
    const outcome = raw.problem === undefined ? type.read(raw.values, rules) : { refused: raw.problem };
    if ("refused" in outcome) rejects.push(rejectOf(batch, raw, outcome.refused));
    else {
      const { row } = outcome;
      candidates.push({ row, raw, key: idKey(row.predictionId), digest: type.digest(row, rules.schema) });
    }
  }
  return { candidates, rejects };
}

/**
 * Holds candidates against the log and against each other, in order: the first row of an id counts.
 *
 * @param known  digests of the log by key in hex
 */
export function sortCandidates<Row extends { readonly predictionId: string }>(
  batch: RawBatch,
  candidates: readonly Candidate<Row>[],
  known: ReadonlyMap<string, Uint8Array>,
): Sorted<Row> {
  const seen = new Map<string, Uint8Array>();
  const fresh: Candidate<Row>[] = [];
  const rejects: Reject[] = [];
  let same = 0;
  for (const candidate of candidates) {
    const key = Buffer.from(candidate.key).toString("hex");
    const before = known.get(key) ?? seen.get(key);
    if (before === undefined) {
      seen.set(key, candidate.digest);
      fresh.push(candidate);
    } else if (Buffer.compare(before, candidate.digest) === 0) same += 1;
    else rejects.push(rejectOf(batch, candidate.raw, contradicts(candidate.row.predictionId)));
  }
  return { fresh, known: same, rejects };
}

function contradicts(predictionId: string): string {
  return `prediction_id ${JSON.stringify(predictionId)} is known with other content, and the log does not change`;
}

export function rejectOf(batch: RawBatch, raw: RawRow, reason: string): Reject {
  const cells = batch.columns.flatMap((name, index) => {
    const value = raw.values[index];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { line: raw.line, reason, row: Object.fromEntries(cells) };
}
