import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import { type ColumnMapping, checkMapping } from "../core/prediction/contract.ts";
import { rowSchema } from "../core/prediction/feature-kinds.ts";
import { checkModelName } from "../core/prediction/model-name.ts";
import type { LogLabel, LogPrediction, RowSchema } from "../core/prediction/prediction.ts";
import { rowRules } from "../core/prediction/read-row.ts";
import type { EpochUnit } from "../core/prediction/read-timestamp.ts";
import { millisecondsPer } from "../core/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { PredictionLog, WrittenFile } from "../ports/log.ts";
import type { Rejects, RejectWriter } from "../ports/rejects.ts";
import type { RawBatch, RowReader, RowSource } from "../ports/row-source.ts";
import type { IngestRow, State } from "../ports/state.ts";
import { appendToLog } from "./ingest/append.ts";
import { keepApart } from "./ingest/of-shadow.ts";
import { onlyRows, type RowChoice } from "./ingest/only-rows.ts";
import { digestRows, openRows, type RowsFrom } from "./ingest/open-rows.ts";
import { kindsWith } from "./ingest/outcome-kind.ts";
import {
  labelType,
  predictionType,
  type RowType,
  readBatch,
  type Sorted,
  sortCandidates,
} from "./ingest/read-chunk.ts";
import { type Scan, scanSource } from "./ingest/scan.ts";

export interface IngestPorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly rejects: Rejects;
  readonly reader: RowReader;
  readonly clock: Clock;
  readonly ids: Ids;
}

export type { RowsFrom };

export interface IngestInput {
  readonly model: string;
  readonly kind: "predictions" | "labels" | "shadow";
  readonly from: RowsFrom;
  readonly actor: Actor;
  readonly mapping?: ColumnMapping;
  /** The unit of timestamps that are numbers; by their size when absent, which must be one for the whole file. */
  readonly epoch?: EpochUnit;
  /** Takes only these rows; all when absent. */
  readonly only?: RowChoice;
  /** Rows that are held in memory and committed at a time; 25,000 when absent. */
  readonly chunkRows?: number;
}

export interface IngestResult extends Pick<IngestRow, "accepted" | "known" | "refused" | "rejectFile"> {
  readonly ingestId: string;
  readonly modelId: string;
  /** Whether the same file was read before: then nothing has changed, and the numbers are those of that time. */
  readonly already: boolean;
  readonly files: readonly WrittenFile[];
  /** The unit in which timestamps that are numbers were read, where there were any. */
  readonly epoch: EpochUnit | undefined;
  /** The first refused rows, for people: "line 17: timestamp …". */
  readonly reasons: readonly string[];
}

/** What stays the same, and what adds up, over the chunks of one ingest. */
interface Job {
  readonly input: IngestInput;
  readonly source: RowSource;
  readonly scan: Scan;
  readonly ingestId: string;
  readonly freshModelId: string;
  readonly rejects: (modelId: string) => RejectWriter;
  readonly total: { accepted: number; known: number; refused: number; files: WrittenFile[]; reasons: string[] };
}

const defaultChunkRows = 25_000;
const mostReasons = 5;
/** Each repeat means that another ingest of the same model has succeeded meanwhile. */
const mostRepeats = 100;

/**
 * Takes rows into the prediction log, each prediction id once. The whole file is looked at first, so that one which
 * cannot be used changes nothing; then chunks are written and committed one by one, so that a process that dies leaves
 * a log that the same file, sent again, completes.
 *
 * @throws InvalidData when the file cannot be used; InvalidInput for a bad name or mapping; NotFound for no file
 */
export async function ingest(ports: IngestPorts, input: IngestInput): Promise<IngestResult> {
  checkModelName(input.model);
  checkMapping(input.mapping ?? {});
  const all = await openRows(ports.reader, input.from);
  const source = input.only === undefined ? all : onlyRows(all, input.only);
  try {
    const { kind, mapping = {}, epoch, chunkRows: batchRows = defaultChunkRows } = input;
    const digest = await digestRows(source, input.from, { kind, mapping, epoch });
    const model = await ports.state.models.find(input.model);
    const before = model && (await ports.state.log.findIngest(model.id, digest));
    if (before !== undefined) return again(before);
    const scan = await scanSource(source, {
      kind: kind === "shadow" ? "predictions" : kind,
      mapping,
      epoch,
      batchRows,
    });
    return await ingestChunks(ports, input, source, scan, digest);
  } finally {
    await source.close();
  }
}

function again(before: IngestRow): IngestResult {
  const { id: ingestId, modelId, accepted, known, refused, rejectFile } = before;
  const numbers = { accepted, known, refused, rejectFile };
  return { ...numbers, ingestId, modelId, already: true, files: [], epoch: undefined, reasons: [] };
}

async function ingestChunks(
  ports: IngestPorts,
  input: IngestInput,
  source: RowSource,
  scan: Scan,
  digest: string,
): Promise<IngestResult> {
  const ingestId = ports.ids.next();
  let writer: RejectWriter | undefined;
  const rejects = (modelId: string): RejectWriter => {
    writer ??= ports.rejects.open(modelId, ingestId);
    return writer;
  };
  const total: Job["total"] = { accepted: 0, known: 0, refused: 0, files: [], reasons: [] };
  const job: Job = { input, source, scan, ingestId, freshModelId: ports.ids.next(), rejects, total };
  try {
    for await (const batch of source.batches(input.chunkRows ?? defaultChunkRows)) await ingestBatch(ports, job, batch);
    await source.verify();
    const rejectFile = await writer?.finish();
    const modelId = await finish(ports, job, digest, rejectFile);
    return { ...total, ingestId, modelId, rejectFile, already: false, epoch: scan.epoch };
  } catch (error) {
    await writer?.abandon();
    throw error;
  }
}

async function ingestBatch(ports: IngestPorts, job: Job, batch: RawBatch): Promise<void> {
  for (let repeat = 0; repeat < mostRepeats; repeat += 1) if (await tryBatch(ports, job, batch)) return;
  throw new DriftwardError("Conflict", `${job.source.name}: other ingests of ${job.input.model} kept coming between`, {
    hint: "send the file again when they are done",
  });
}

/** False when another ingest came between and the batch must be looked at again. */
async function tryBatch(ports: IngestPorts, job: Job, batch: RawBatch): Promise<boolean> {
  const { kind } = job.input;
  return kind !== "labels"
    ? addBatch<LogPrediction>(ports, job, batch, predictionType, (...rows) => ports.log.writePredictions(...rows))
    : addBatch<LogLabel>(ports, job, batch, labelType, (...rows) => ports.log.writeLabels(...rows));
}

async function addBatch<Row extends { readonly predictionId: string }>(
  ports: IngestPorts,
  job: Job,
  batch: RawBatch,
  type: RowType<Row>,
  write: (modelId: string, rows: readonly Row[], schema: RowSchema) => Promise<readonly WrittenFile[]>,
): Promise<boolean> {
  const { input, scan, source } = job;
  const model = await ports.state.models.find(input.model);
  const modelId = model?.id ?? job.freshModelId;
  const kinds = kindsWith(model, scan, source.name);
  const schema = rowSchema(
    kinds,
    scan.columns.scores.map(({ name }) => name),
  );
  const latest = new Date(ports.clock.now().getTime() + millisecondsPer.d);
  const rules = rowRules(scan.columns, batch.columns, { schema, textual: source.textual, epoch: scan.epoch, latest });
  const challenger = (await ports.state.versions.serving(input.model))?.challenger?.version;
  const read = keepApart(batch, readBatch(batch, rules, type), { kind: input.kind, challenger });
  const keys = read.candidates.map(({ key }) => key);
  const known = keys.length === 0 ? new Map() : await ports.state.log.knownKeys(modelId, input.kind, keys);
  const sorted = sortCandidates(batch, read.candidates, known);
  if (sorted.fresh.length > 0) {
    const rows = sorted.fresh.map(({ row }) => row);
    const files = await write(modelId, rows, schema);
    const { model: name, kind, actor } = input;
    const identity = { model: name, modelId, ingestId: job.ingestId, kind, source: source.name, actor };
    const change = { at: ports.clock.now(), before: model?.features ?? {}, kinds, files, keys: sorted.fresh };
    if (!(await appendToLog(ports.state, { ...identity, ...change }))) {
      await ports.log.discard(files);
      return false;
    }
    job.total.files.push(...files);
  }
  await addUp(job, modelId, [...read.rejects, ...sorted.rejects], sorted);
  return true;
}

async function addUp<Row>(
  job: Job,
  modelId: string,
  rejects: Sorted<Row>["rejects"],
  sorted: Sorted<Row>,
): Promise<void> {
  const { total, source } = job;
  total.accepted += sorted.fresh.length;
  total.known += sorted.known;
  total.refused += rejects.length;
  if (rejects.length === 0) return;
  const inOrder = [...rejects].sort((a, b) => a.line - b.line);
  for (const { line, reason } of inOrder.slice(0, mostReasons - total.reasons.length))
    total.reasons.push(`${source.unit} ${line}: ${reason}`);
  await job.rejects(modelId).add(inOrder);
}

/** The row of the ingest comes last: until then the same file may be sent again, and what is there is known. */
async function finish(ports: IngestPorts, job: Job, digest: string, rejectFile: string | undefined): Promise<string> {
  const { input, total, source } = job;
  const { accepted, known, refused } = total;
  const at = ports.clock.now();
  return ports.state.transaction(async (tx) => {
    const model = await tx.models.ensure(input.model, job.freshModelId, at);
    const numbers = { accepted, known, refused, rejectFile };
    const row = { id: job.ingestId, modelId: model.id, digest, kind: input.kind, source: source.name, ...numbers, at };
    // Two ingests of one file at once share the rows between them; the first to end is the one that is remembered.
    if (await tx.log.insertIngest(row))
      await tx.records.append({
        actor: input.actor,
        at,
        kind: "file ingested",
        subject: input.model,
        payload: { ingest: job.ingestId, kind: input.kind, source: source.name, digest, accepted, known, refused },
      });
    return model.id;
  });
}
