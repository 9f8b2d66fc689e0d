import { resolve } from "node:path";
import type { CodedRows } from "../../core/drift/coded-rows.ts";
import { DriftwardError } from "../../core/errors.ts";
import { decodeCounts } from "../../core/profile/counts-codec.ts";
import { decodeProfile } from "../../core/profile/profile-codec.ts";
import type { LabelledHistory } from "../../core/replay/labelled-history.ts";
import type { BatchInFile, ClassScores, CountEngine, LabelledRows } from "../../ports/count-engine.ts";
import type { Logger } from "../../ports/logger.ts";
import { type ChildHandle, startChild } from "./child-handle.ts";
import type { EncodedGroup } from "./count.ts";
import type { Method } from "./messages.ts";
import type { EncodedSides } from "./opened-sides.ts";

export interface DuckDbEngineOptions {
  /** Folders, with all below them, that may be read from and written to. Nothing else is within reach. */
  readonly allowedDirectories: readonly string[];
  /** Where DuckDB spills to; it may lie outside of the allowed folders. */
  readonly tempDirectory: string;
  /** In DuckDB's notation; 1GB by default. */
  readonly memoryLimit?: string;
  /** Resident memory, in bytes, at which the child is ended; 4 GB by default. */
  readonly maxMemory?: number;
  /** Of DuckDB, 1 by default: beside the thread that counts, a second one gains no time and costs more in all. */
  readonly threads?: number;
  /** Wall time that one request may take; 10 minutes by default. */
  readonly requestTimeoutMs?: number;
  /** Rows that Parquet files of one request may claim; 200 million by default. */
  readonly maxRows?: number;
  /** A child is replaced after so many requests (500), or once it holds so much memory (1.5 GB). */
  readonly recycleAfter?: { readonly requests: number; readonly bytes: number };
  readonly logger?: Logger;
}

/**
 * A counting engine on DuckDB in a child process, which is started at the first request and kept. Requests run one
 * after another. When the child dies, the request in hand fails with EngineFailed and the next one gets a new child.
 */
export function createDuckDbEngine(options: DuckDbEngineOptions): CountEngine {
  const ask = createQueue(options);
  return {
    describe: (files) => ask.send("describe", files),
    profile: async (request) => decodeProfile(await ask.send<Uint8Array>("profile", request)),
    async count(request) {
      const groups = await ask.send<readonly EncodedGroup[]>("count", request);
      return groups.map(({ hour, segment, counts }) => ({
        ...(hour === undefined ? {} : { hour: new Date(hour) }),
        segment,
        counts: decodeCounts(counts),
      }));
    },
    async countEncoded(request) {
      const groups = await ask.send<readonly EncodedGroup[]>("count", { ...request, byHour: true });
      return groups.flatMap(({ hour, segment, counts }) =>
        hour === undefined ? [] : [{ hour: new Date(hour), segment, counts }],
      );
    },
    async countInOrder(request) {
      const groups = await ask.send<readonly EncodedGroup[]>("count", request);
      return groups.map(({ counts }) => decodeCounts(counts));
    },
    sample: async (request) => ownCodes(await ask.send("sample", request)),
    unseenValues: (request) => ask.send("unseenValues", request),
    async compareSides(request) {
      const { profile, counts, distances } = await ask.send<EncodedSides>("compareSides", request);
      const own = request.profile ?? decodeProfile(profile ?? new Uint8Array());
      return { profile: own, counts: decodeCounts(counts), distances };
    },
    exactKolmogorovSmirnov: (request) => ask.send("exactKolmogorovSmirnov", request),
    labelled: async (request) => ownRows(await ask.send("labelled", request)),
    labelledHistory: async (request) => ownHistory(await ask.send("labelledHistory", request)),
    writeRunData: (request) => ask.send("writeRunData", request),
    writeServedRows: (request) => ask.send("writeServedRows", request),
    async readEvaluation(request) {
      const answer = await ask.send<Awaited<ReturnType<CountEngine["readEvaluation"]>>>("readEvaluation", request);
      return { ...answer, candidate: ownRows(answer.candidate), champion: ownRows(answer.champion) };
    },
    compareShadow: (request) => ask.send("compareShadow", request),
    matchEvaluation: (request) => ask.send("matchEvaluation", request),
    writeEvaluationRows: (request) => ask.send("writeEvaluationRows", request),
    async rows(request) {
      const rows = await ask.send<readonly Readonly<Record<string, unknown>>[]>("rows", request);
      return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, ownDate(value)])));
    },
    async batches(request) {
      const found = await ask.send<readonly BatchInFile[]>("batches", request);
      return found.map((one) => ({ ...one, firstAt: new Date(one.firstAt), lastAt: new Date(one.lastAt) }));
    },
    close: () => ask.close(),
  };
}

/** What arrives from another process may be of another realm (a test's sandbox), where `instanceof` fails: make it ours. */
function ownRows(rows: LabelledRows): LabelledRows {
  return {
    ...rows,
    timestamps: new Float64Array(rows.timestamps),
    ...(rows.scores === undefined ? {} : { scores: new Float64Array(rows.scores) }),
    ...(rows.classScores === undefined ? {} : { classScores: ownClasses(rows.classScores) }),
  };
}

function ownClasses(classes: readonly ClassScores[]): readonly ClassScores[] {
  return classes.map(({ name, scores }) => ({ name, scores: new Float64Array(scores) }));
}

function ownCodes({ rows, codes, times }: CodedRows): CodedRows {
  const own = { rows, codes: codes.map((ofFeature) => new Uint16Array(ofFeature)) };
  return times === undefined ? own : { ...own, times: new Float64Array(times) };
}

function ownHistory(history: LabelledHistory): LabelledHistory {
  return {
    ...history,
    timestamps: new Float64Array(history.timestamps),
    scores: new Float64Array(history.scores),
    classScores: ownClasses(history.classScores),
    predictionFiles: new Int32Array(history.predictionFiles),
    labelFiles: new Int32Array(history.labelFiles),
  };
}

function ownDate(value: unknown): unknown {
  return Object.prototype.toString.call(value) === "[object Date]" ? new Date(value as Date) : value;
}

interface Queue {
  send<Answer>(method: Method, request: unknown): Promise<Answer>;
  close(): Promise<void>;
}

function createQueue(options: DuckDbEngineOptions): Queue {
  const recycle = options.recycleAfter ?? { requests: 500, bytes: 1_500_000_000 };
  let child: ChildHandle | undefined;
  let asked = 0;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  const current = (): ChildHandle => {
    if (closed) throw new DriftwardError("EngineFailed", "expected an open counting engine, got a closed one");
    if (child?.alive() === true) return child;
    asked = 0;
    child = startChild({
      allowedDirectories: options.allowedDirectories.map((directory) => resolve(directory)),
      tempDirectory: resolve(options.tempDirectory),
      memoryLimit: options.memoryLimit ?? "1GB",
      maxMemory: options.maxMemory ?? 4_000_000_000,
      threads: options.threads ?? 1,
      maxRows: options.maxRows ?? 200_000_000,
    });
    return child;
  };
  const retire = async (reason: string): Promise<void> => {
    options.logger?.debug({ reason, asked }, "the counting engine's process is replaced");
    await child?.kill();
    child = undefined;
  };
  const run = async (method: Method, request: unknown): Promise<unknown> => {
    try {
      const { value, memory } = await current().ask(method, request, options.requestTimeoutMs ?? 600_000);
      asked += 1;
      if (asked >= recycle.requests || memory >= recycle.bytes) await retire(`${memory} bytes held`);
      return value;
    } catch (error) {
      if (error instanceof DriftwardError && error.code === "EngineFailed") {
        options.logger?.warn({ method, error: error.message }, "the counting engine failed");
        await retire("it failed");
      }
      throw error;
    }
  };
  return {
    send<Answer>(method: Method, request: unknown) {
      const answer = last.then(() => run(method, request));
      last = answer.catch(() => undefined);
      return answer as Promise<Answer>;
    },
    async close() {
      closed = true;
      await child?.kill();
      await last;
    },
  };
}
