import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream, createWriteStream } from "node:fs";
import { lstat, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { RunData } from "../../core/run/run-data.ts";
import type { AttemptPaths, Delivery, RunFolders } from "../../ports/run-folders.ts";

const dataSchema = z.object({
  trainingRows: z.int().nonnegative(),
  evaluationRows: z.int().nonnegative(),
  cut: z.string(),
  until: z.string(),
  manifest: z
    .array(
      z.object({
        kind: z.enum(["predictions", "labels"]),
        path: z.string(),
        sha256: z.string(),
        rows: z.int().nonnegative(),
      }),
    )
    .optional(),
});

const deliverySchema = z.object({ result: z.string().optional(), sha256: z.string() });

const longestResult = 1024 * 1024;

/**
 * Folders of runs below `root`, one an attempt:
 *
 *   <run>/<n>/data.json                what was prepared
 *   <run>/<n>/key.parquet              what the opaque ids stand for
 *   <run>/<n>/trainer/…                training.parquet, evaluation.parquet, output/
 *   <run>/<n>/handed-out/…             evaluation rows that the challenger is to predict in shadow
 *   <run>/<n>/delivery/…               what the trainer wrote, as it was when it was taken
 */
export function runFolders(root: string): RunFolders {
  const attempt = (runId: string, n: number) => join(root, runId, String(n));
  return {
    paths: (runId, n) => pathsIn(attempt(runId, n)),
    prepare: (runId, n, fill) => prepare(root, attempt(runId, n), fill),
    prepared: (runId, n) => readPrepared(attempt(runId, n)),
    take: (runId, n) => take(attempt(runId, n)),
    async handOut(runId, n, name) {
      const folder = join(attempt(runId, n), "handed-out");
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return join(folder, name);
    },
    clear: (runId) => clear(join(root, runId)),
  };
}

/** What is large, or may hold rows of people; data.json and delivery.json are neither. */
const cleared = ["trainer", "key.parquet", join("delivery", "predictions.parquet"), "handed-out"];

async function clear(run: string): Promise<boolean> {
  let isAny = false;
  for (const attempt of (await readdir(run).catch(nothingThere)) ?? [])
    for (const name of cleared) {
      const path = join(run, attempt, name);
      if ((await lstat(path).catch(nothingThere)) === undefined) continue;
      await rm(path, { recursive: true, force: true });
      isAny = true;
    }
  return isAny;
}

function pathsIn(attempt: string): AttemptPaths {
  const folder = join(attempt, "trainer");
  return {
    folder,
    training: join(folder, "training.parquet"),
    evaluation: join(folder, "evaluation.parquet"),
    output: join(folder, "output"),
    key: join(attempt, "key.parquet"),
  };
}

async function prepare(
  root: string,
  attempt: string,
  fill: (paths: AttemptPaths) => Promise<RunData>,
): Promise<RunData> {
  const before = await readPrepared(attempt);
  if (before !== undefined) return before;
  const aside = join(root, `.aside-${randomUUID()}`);
  try {
    const paths = pathsIn(aside);
    await mkdir(paths.output, { recursive: true, mode: 0o700 });
    const data = await fill(paths);
    await writeFile(join(aside, "data.json"), JSON.stringify(data), { flush: true });
    await mkdir(join(attempt, ".."), { recursive: true, mode: 0o700 });
    // Refused when another one was quicker: a folder never replaces one that holds something.
    await rename(aside, attempt);
    return data;
  } catch (error) {
    const quicker = await readPrepared(attempt);
    if (quicker === undefined) throw error;
    return quicker;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function readPrepared(attempt: string): Promise<RunData | undefined> {
  const text = await readFile(join(attempt, "data.json"), "utf8").catch(nothingThere);
  if (text === undefined) return undefined;
  const { manifest, ...data } = dataSchema.parse(JSON.parse(text));
  return manifest === undefined ? data : { ...data, manifest };
}

async function take(attempt: string): Promise<Delivery> {
  const taken = join(attempt, "delivery");
  const before = await readTaken(taken);
  if (before !== undefined) return before;
  const { output } = pathsIn(attempt);
  const aside = join(attempt, `.aside-${randomUUID()}`);
  try {
    await mkdir(aside, { mode: 0o700 });
    const result = await readResult(join(output, "result.json"));
    if (result !== undefined && "problem" in result) return result;
    const sha256 = await copyPlainFile(join(output, "predictions.parquet"), join(aside, "predictions.parquet"));
    if (sha256 === undefined)
      return { problem: "the trainer wrote no predictions.parquet, or one that is no plain file" };
    await writeFile(join(aside, "delivery.json"), JSON.stringify({ result: result?.text, sha256 }), { flush: true });
    await rename(aside, taken).catch(async (error: unknown) => {
      if ((await readTaken(taken)) === undefined) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return (await readTaken(taken)) ?? { problem: "what the trainer wrote could not be kept" };
}

async function readTaken(taken: string): Promise<Delivery | undefined> {
  const text = await readFile(join(taken, "delivery.json"), "utf8").catch(nothingThere);
  if (text === undefined) return undefined;
  const { result, sha256 } = deliverySchema.parse(JSON.parse(text));
  return { result, sha256, predictions: join(taken, "predictions.parquet") };
}

async function readResult(path: string): Promise<{ readonly text: string } | { readonly problem: string } | undefined> {
  const handle = await openPlainFile(path);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    if (size > longestResult)
      return {
        problem: `expected a result.json of at most ${longestResult} bytes, got ${size}: weights belong in files`,
      };
    return { text: await handle.readFile("utf8") };
  } finally {
    await handle.close();
  }
}

/** Copies byte for byte; the sha256 in hex, or undefined when there is no plain file. */
async function copyPlainFile(from: string, to: string): Promise<string | undefined> {
  const handle = await openPlainFile(from);
  if (handle === undefined) return undefined;
  const hash = createHash("sha256");
  await pipeline(
    createReadStream(from, { fd: handle }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(to, { flush: true }),
  );
  return hash.digest("hex");
}

/** A program may leave a link to a file it must not read, or a pipe that nobody ever writes to: neither is opened. */
async function openPlainFile(path: string) {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}

function nothingThere(error: unknown): undefined {
  if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
