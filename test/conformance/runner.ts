import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { trainerEnvironment } from "../../src/core/run/launch-spec.ts";
import type { Launch, Progress, Runner } from "../../src/ports/runner.ts";

/** A runner under test, with a folder that holds what its programs read, and `output`, which they write to. */
export interface RunnerUnderTest {
  readonly runner: Runner;
  readonly folder: string;
  /** A value that the runner's own environment holds under DRIFTWARD_TEST_SECRET. */
  readonly secret: string;
  close(): Promise<void>;
}

/** An attempt of a shell's script, which finds its folder in DRIFTWARD_OUTPUT and starts in it. */
export function launchOf(folder: string, script: string, more: Partial<Launch> = {}): Launch {
  const runId = randomUUID();
  return {
    key: `${runId}-1`,
    runId,
    attempt: 1,
    command: ["sh", "-c", `cd "$DRIFTWARD_OUTPUT" && { ${script}\n}`],
    environment: trainerEnvironment(runId, more.parameters ?? {}),
    parameters: {},
    inherit: [],
    folder,
    files: {
      training: join(folder, "training.parquet"),
      evaluation: join(folder, "evaluation.parquet"),
      output: join(folder, "output"),
    },
    timeoutMs: 20_000,
    graceMs: 300,
    ...more,
  };
}

/** Fills a folder as a run's: data to read, and a place to write to. */
export async function fillFolder(folder: string): Promise<void> {
  await mkdir(join(folder, "output"), { recursive: true });
  await writeFile(join(folder, "training.parquet"), "training rows");
  await writeFile(join(folder, "evaluation.parquet"), "evaluation rows");
}

/** Polls until the attempt has ended. */
export async function endOf(runner: Runner, key: string): Promise<Progress | undefined> {
  for (let look = 0; look < 600; look++) {
    const progress = await runner.poll(key);
    if (progress?.state !== "running") return progress;
    await sleep(50);
  }
  throw new Error(`attempt ${key} did not end`);
}

/**
 * What every runner must do, whatever executes the program. Programs are given to `sh`.
 *
 * @param startsPrograms  whether the runner starts the program itself, and so hands on secrets and signals
 */
export function describeRunner(
  name: string,
  make: () => Promise<RunnerUnderTest>,
  { startsPrograms = true }: { readonly startsPrograms?: boolean } = {},
): void {
  const testOfPrograms: (name: string, body: () => Promise<void>) => void = startsPrograms ? test : () => undefined;
  describe(name, () => {
    let under: RunnerUnderTest;
    beforeAll(async () => {
      under = await make();
    });
    afterAll(() => under.close());
    const run = async (script: string, more: Partial<Launch> = {}) => {
      const launch = launchOf(under.folder, script, more);
      await under.runner.start(launch);
      return { key: launch.key, end: await endOf(under.runner, launch.key) };
    };
    const written = (file: string) => readFile(join(under.folder, "output", file), "utf8");

    test("knows nothing of an attempt that was never started", async () => {
      expect(await under.runner.poll("never-started")).toBeUndefined();
    });
    test("tells success and what was printed", async () => {
      const { key, end } = await run("echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three");
      expect(end).toEqual({ state: "succeeded" });
      expect(await under.runner.logs(key, 2)).toEqual(["two", "three"]);
    });
    test("tells an exit code, again and again", async () => {
      const { key, end } = await run("exit 7");
      expect(end).toEqual({ state: "failed", exitCode: 7, message: expect.stringContaining("exit code 7") });
      expect(await under.runner.poll(key)).toEqual(end);
    });
    test("starts once, however often it is asked at once or later", async () => {
      const launch = launchOf(under.folder, "echo ran >> starts; sleep 0.3");
      await Promise.all([1, 2, 3, 4].map(() => under.runner.start(launch)));
      await endOf(under.runner, launch.key);
      await under.runner.start(launch);
      expect(await endOf(under.runner, launch.key)).toEqual({ state: "succeeded" });
      expect(await written("starts")).toBe("ran\n");
    });
    test("hands over data to read, and takes what is written", async () => {
      await run('cat "$DRIFTWARD_TRAINING_DATA" - "$DRIFTWARD_EVALUATION" < /dev/null > read');
      expect(await written("read")).toBe("training rowsevaluation rows");
    });
    test("hands over parameters as they are", async () => {
      const parameters = { a: "b \"c\" $d; `e` 'f' $(g)", epochs: 20 };
      await run('printf %s "$DRIFTWARD_PARAMETERS|$DRIFTWARD_TEST_SECRET" > told', { parameters });
      expect(await written("told")).toBe(`${JSON.stringify(parameters)}|`);
    });
    testOfPrograms("hands on the secrets that are named, nothing else", async () => {
      const secretFile = join(under.folder, "secret-file");
      await writeFile(secretFile, "of a file");
      await run('printf %s "$DRIFTWARD_TEST_SECRET|" > named; cat "$API_TOKEN_FILE" >> named', {
        inherit: ["DRIFTWARD_TEST_SECRET"],
        secretFiles: { API_TOKEN: secretFile },
      });
      expect(await written("named")).toBe(`${under.secret}|of a file`);
    });
    test("ends a program that hangs", async () => {
      const { end } = await run("trap '' TERM; while :; do sleep 0.1; done", { timeoutMs: 500 });
      expect(end).toEqual({ state: "timed out" });
    });
    testOfPrograms("asks before it ends, and gives time to tidy up", async () => {
      const { end } = await run("trap 'echo tidy > tidied; exit 0' TERM; while :; do sleep 0.05; done", {
        timeoutMs: 2_500,
        graceMs: 5_000,
      });
      expect(end).toEqual({ state: "timed out" });
      expect(await written("tidied")).toBe("tidy\n");
    });
    test("cancels what runs", async () => {
      const launch = launchOf(under.folder, "sleep 60");
      await under.runner.start(launch);
      expect((await under.runner.poll(launch.key))?.state).toBe("running");
      await under.runner.cancel(launch.key);
      await under.runner.cancel(launch.key);
      expect(await endOf(under.runner, launch.key)).toEqual({ state: "cancelled" });
    });
    test("never runs what was cancelled before", async () => {
      const launch = launchOf(under.folder, "echo ran > never");
      await under.runner.cancel(launch.key);
      await under.runner.start(launch);
      expect(await endOf(under.runner, launch.key)).toEqual({ state: "cancelled" });
      await expect(written("never")).rejects.toThrow("ENOENT");
    });
    test("leaves an end as it is when cancelled later", async () => {
      const { key, end } = await run("exit 3");
      await under.runner.cancel(key);
      expect(await under.runner.poll(key)).toEqual(end);
    });
    testOfPrograms("names a program that is missing", async () => {
      const { end } = await run("", { command: ["no-such-program-here"] });
      expect(end).toEqual({
        state: "failed",
        exitCode: undefined,
        message: expect.stringContaining('"no-such-program-here", or the interpreter it names, was not found'),
      });
    });
    test("forgets attempts that are over, with their logs, and none that runs", async () => {
      const [ended, other, running] = [await run("echo said"), await run("true"), launchOf(under.folder, "sleep 60")];
      await under.runner.start(running);
      const asked = [ended.key, running.key];
      // Two at once share the work.
      const forget = () => under.runner.forget((key) => asked.includes(key));
      expect((await Promise.all([forget(), forget()])).flat()).toEqual([ended.key]);
      expect(await under.runner.poll(ended.key)).toBeUndefined();
      expect(await under.runner.logs(ended.key, 5)).toEqual([]);
      expect(await under.runner.forget((key) => key === ended.key)).toEqual([]);
      expect((await under.runner.poll(other.key))?.state).toBe("succeeded");
      expect((await under.runner.poll(running.key))?.state).toBe("running");
      await under.runner.cancel(running.key);
      expect(await endOf(under.runner, running.key)).toEqual({ state: "cancelled" });
    });
    test("refuses a key that leaves its place", async () => {
      await expect(under.runner.start(launchOf(under.folder, "true", { key: "../x" }))).rejects.toThrow(
        "expected letters",
      );
    });
  });
}
