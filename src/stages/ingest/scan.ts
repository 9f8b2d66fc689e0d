import { DriftwardError } from "../../core/errors.ts";
import { mostColumns } from "../../core/prediction/column-names.ts";
import { type Columns, resolveColumns } from "../../core/prediction/columns.ts";
import type { ColumnMapping, RowKind } from "../../core/prediction/contract.ts";
import { type KindVotes, voteKind } from "../../core/prediction/feature-kinds.ts";
import { type EpochUnit, epochNumber, unitByMagnitude } from "../../core/prediction/read-timestamp.ts";
import type { RawBatch, RowSource } from "../../ports/row-source.ts";

export interface ScanRequest {
  readonly kind: RowKind;
  readonly mapping: ColumnMapping;
  /** The unit of timestamps that are numbers, where it is declared. */
  readonly epoch: EpochUnit | undefined;
  readonly batchRows: number;
}

/** What a whole file is, known before anything of it is kept. */
export interface Scan {
  readonly columns: Columns;
  /** What the values of each feature showed, and under `prediction` those of the prediction or label. */
  readonly votes: ReadonlyMap<string, KindVotes>;
  readonly epoch: EpochUnit | undefined;
  readonly rows: number;
}

/**
 * Reads a file once from end to end: finds its columns, the kinds of their values and the unit of its timestamps. A file
 * that cannot be used fails here, when nothing has changed yet.
 *
 * @throws InvalidData with the place and the next step
 */
export async function scanSource(source: RowSource, request: ScanRequest): Promise<Scan> {
  const seen = new Map<string, { numbers: number; others: number }>();
  const timeColumn = timeColumnOf(request);
  const units = new Map<EpochUnit, number>();
  let rows = 0;
  for await (const batch of source.batches(request.batchRows)) {
    rows += batch.rows.length;
    const counters = countersOf(batch, seen, source);
    const timeAt = batch.columns.indexOf(timeColumn);
    for (const { values, line } of batch.rows) {
      counters.forEach((counter, index) => {
        const kind = voteKind(values[index], source.textual);
        if (kind === "numeric") counter.numbers += 1;
        else if (kind === "categorical") counter.others += 1;
      });
      const unit = unitOf(values[timeAt], source.textual);
      if (unit !== undefined && !units.has(unit)) units.set(unit, line);
    }
  }
  const columns = resolveColumns([...seen.keys()], request.mapping, request.kind, source.name);
  const epoch = request.epoch ?? agreedUnit(source, units, timeColumn);
  return { columns, votes: votesOf(columns, seen, request.kind), epoch, rows };
}

type Counter = { numbers: number; others: number };

function countersOf(batch: RawBatch, seen: Map<string, Counter>, source: RowSource): readonly Counter[] {
  // Names that are there twice must reach the check of names.
  if (new Set(batch.columns).size < batch.columns.length || batch.columns.length > mostColumns)
    resolveColumns(batch.columns, {}, "baseline", source.name);
  return batch.columns.map((name) => {
    const counter = seen.get(name) ?? { numbers: 0, others: 0 };
    seen.set(name, counter);
    return counter;
  });
}

function timeColumnOf({ kind, mapping }: ScanRequest): string {
  const name = kind === "labels" ? "label_timestamp" : "timestamp";
  return Object.hasOwn(mapping, name) ? (mapping[name] ?? name) : name;
}

function unitOf(value: unknown, textual: boolean): EpochUnit | undefined {
  const number = epochNumber(value, textual);
  return number === undefined ? undefined : unitByMagnitude(number);
}

/** Numbers of one file are of one unit; which one follows from their size, and the result says it. */
function agreedUnit(source: RowSource, units: ReadonlyMap<EpochUnit, number>, column: string): EpochUnit | undefined {
  const [first, second] = [...units];
  if (first !== undefined && second !== undefined)
    throw new DriftwardError(
      "InvalidData",
      `${source.name}: expected one unit in ${column}, got ${first[0]} (${source.unit} ${first[1]}) and ${second[0]} (${source.unit} ${second[1]})`,
      { hint: "declare the unit: s, ms or us", place: { file: source.name } },
    );
  return first?.[0];
}

function votesOf(columns: Columns, seen: ReadonlyMap<string, KindVotes>, kind: RowKind) {
  const votes = new Map<string, KindVotes>();
  for (const name of columns.features) {
    const vote = seen.get(name);
    if (vote !== undefined) votes.set(name, vote);
  }
  const outcomes = kind === "labels" ? ["label"] : kind === "predictions" ? ["prediction"] : ["prediction", "label"];
  let [numbers, others] = [0, 0];
  for (const name of outcomes) {
    const vote = seen.get(columns.system.get(name) ?? "");
    numbers += vote?.numbers ?? 0;
    others += vote?.others ?? 0;
  }
  return votes.set("prediction", { numbers, others });
}
