import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Launch, Progress, Runner } from "../../src/ports/runner.ts";

/** A runner under test, with a folder its programs can write to. */
export interface RunnerUnderTest {
  readonly runner: Runner;
  readonly folder: string;
  /** A value that the runner's own environment holds under DRIFTWARD_TEST_SECRET. */
  readonly secret: string;
  close(): Promise<void>;
}

export function launchOf(folder: string, script: string, more: Partial<Launch> = {}): Launch {
  return {
    key: `run-${randomUUID()}-1`,
    command: ["sh", "-c", script],
    environment: {},
    inherit: [],
    folder,
    timeoutMs: 20_000,
    graceMs: 300,
    ...more,
  };
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

/** What every runner must do, whatever executes the program. Programs are given to `sh`. */
export function describeRunner(name: string, make: () => Promise<RunnerUnderTest>): void {
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
    const written = (file: string) => readFile(join(under.folder, file), "utf8");

    test("knows nothing of an attempt that was never started", async () => {
      expect(await under.runner.poll("never-started")).toBeUndefined();
    });
    test("tells success and what was printed", async () => {
      const { key, end } = await run("echo one; echo two >&2; echo three");
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
    test("hands over what it is told and what is named, nothing else", async () => {
      const environment = { DRIFTWARD_RUN_ID: 'a "b" $c' };
      await run('printf %s "$DRIFTWARD_RUN_ID|$DRIFTWARD_TEST_SECRET|$PWD" > told', { environment });
      expect(await written("told")).toBe(`a "b" $c||${under.folder}`);
      await run('printf %s "$DRIFTWARD_TEST_SECRET" > named', { inherit: ["DRIFTWARD_TEST_SECRET"] });
      expect(await written("named")).toBe(under.secret);
    });
    test("ends a program that hangs", async () => {
      const { end } = await run("trap '' TERM; while :; do sleep 0.1; done", { timeoutMs: 500 });
      expect(end).toEqual({ state: "timed out" });
    });
    test("asks before it ends, and gives time to tidy up", async () => {
      const { end } = await run("trap 'echo tidy > tidied; exit 0' TERM; while :; do sleep 0.05; done", {
        timeoutMs: 500,
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
    test("names a program that is missing", async () => {
      const { end } = await run("", { command: ["no-such-program-here"] });
      expect(end).toEqual({
        state: "failed",
        exitCode: undefined,
        message: expect.stringContaining('"no-such-program-here", or the interpreter it names, was not found'),
      });
    });
    test("refuses a key that leaves its place", async () => {
      await expect(under.runner.start(launchOf(under.folder, "true", { key: "../x" }))).rejects.toThrow(
        "expected letters",
      );
    });
  });
}
