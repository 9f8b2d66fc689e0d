import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DriftwardError } from "../../core/errors.ts";
import type { OfferedSources, SourceProgram } from "../../core/prediction/source-settings.ts";
import type { PredictionSources } from "../../ports/prediction-sources.ts";
import type { Progress } from "../../ports/runner.ts";
import { codeOf } from "../attempts/once-folder.ts";
import { processRunner } from "../runner-process/process-runner.ts";
import { findFiles } from "./find-files.ts";

export interface PredictionSourcesOptions {
  readonly offered: OfferedSources;
  /** Folder for what programs write. */
  readonly root: string;
  /** Where PATH, HOME and the names that a program is handed are taken from. */
  readonly environment: Readonly<Record<string, string>>;
}

const [lookEveryMs, graceMs] = [200, 10_000];

/** The user's files, and the operator's programs, supervised as trainers are. */
export function predictionSources({ offered, root, environment }: PredictionSourcesOptions): PredictionSources {
  const runner = processRunner({ root: join(root, "attempts"), environment });
  return {
    find: (pattern) => findFiles(offered, pattern),
    async fetch(source, of, signal) {
      const program = offered.programs[source];
      if (program === undefined || !Object.hasOwn(offered.programs, source))
        throw new DriftwardError("NotFound", `driftward.yaml names no source "${source}"`, {
          hint: `sources there: ${Object.keys(offered.programs).join(", ") || "none"}`,
        });
      const key = keyOf(source, of);
      const folder = join(root, "output", key);
      const path = join(folder, "predictions.parquet");
      // Asked for the same time again, when what it wrote was taken in and thrown away: it has to write it once more.
      if (!existsSync(path) && (await runner.poll(key))?.state === "succeeded")
        await runner.forget((one) => one === key);
      await mkdir(folder, { recursive: true });
      await runner.start(launchOf(program, { key, folder, path, of }));
      const end = await ended(() => runner.poll(key), signal);
      if (end.state !== "succeeded" || !existsSync(path)) {
        const lines = await runner.logs(key, 5);
        throw failed(source, end, lines);
      }
      return { path, discard: () => rm(folder, { recursive: true, force: true }) };
    },
    async clearLeft(olderThanMs) {
      const before = Date.now() - olderThanMs;
      for (const key of await foldersBefore(join(root, "output"), before))
        if ((await runner.poll(key))?.state !== "running")
          await rm(join(root, "output", key), { recursive: true, force: true });
      const attempts = new Set(await foldersBefore(join(root, "attempts"), before));
      await runner.forget((key) => attempts.has(key));
    },
  };
}

/** Names of folders in a folder that were changed last before an instant. */
async function foldersBefore(root: string, before: number): Promise<readonly string[]> {
  const names = (await readdir(root).catch(nothingThere)) ?? [];
  const old = await Promise.all(
    names.map(async (name) => {
      const { mtimeMs } = (await stat(join(root, name)).catch(nothingThere)) ?? { mtimeMs: before };
      return mtimeMs < before ? [name] : [];
    }),
  );
  return old.flat();
}

function nothingThere(error: unknown): undefined {
  if (codeOf(error) === "ENOENT") return undefined;
  throw error;
}

type Wanted = Parameters<PredictionSources["fetch"]>[1];

/** The same rows asked for again, after a restart, are the same attempt. */
function keyOf(source: string, { model, from, to }: Wanted): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([source, model, from, to]))
    .digest("hex");
  return `${source}-${digest.slice(0, 16)}`;
}

function launchOf(
  { command, environment: inherit, timeoutMs }: SourceProgram,
  {
    key,
    folder,
    path,
    of,
  }: { readonly key: string; readonly folder: string; readonly path: string; readonly of: Wanted },
) {
  return {
    ...{ key, runId: key, attempt: 1, command, inherit, timeoutMs, graceMs, folder, parameters: {} },
    environment: {
      DRIFTWARD_MODEL: of.model,
      DRIFTWARD_START: of.from.toISOString(),
      DRIFTWARD_END: of.to.toISOString(),
    },
    // A source has nothing to train on.
    files: { training: "", evaluation: "", output: path },
  };
}

async function ended(
  poll: () => Promise<Progress | undefined>,
  signal: AbortSignal | undefined,
): Promise<Exclude<Progress, { state: "running" }>> {
  for (;;) {
    const progress = await poll();
    if (progress === undefined) return { state: "lost", message: "its files are gone" };
    if (progress.state !== "running") return progress;
    await sleep(lookEveryMs, undefined, signal === undefined ? {} : { signal });
  }
}

function failed(source: string, end: Progress, lines: readonly string[]): DriftwardError {
  const how =
    end.state === "succeeded" ? "wrote no DRIFTWARD_OUTPUT" : "message" in end ? `failed: ${end.message}` : end.state;
  const said = lines.length === 0 ? "" : `; it said: ${lines.join(" | ")}`;
  return new DriftwardError("SourceUnavailable", `the source "${source}" ${how}${said}`, {
    hint: "run its command by hand with DRIFTWARD_START, DRIFTWARD_END and DRIFTWARD_OUTPUT",
  });
}
