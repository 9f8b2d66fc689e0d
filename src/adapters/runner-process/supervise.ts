import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { withoutSecrets } from "../attempts/log-lines.ts";
import { codeOf } from "../attempts/once-folder.ts";
import type { AttemptFolder, Result, Spec } from "./attempt-folder.ts";
import { type Exit, exitOf } from "./exit-of.ts";
import { killTree, markerVariable, recognise, signalTree } from "./process-table.ts";
import { readTail } from "./read-tail.ts";

const lookEveryMs = 200;
const beatEveryMs = 2_000;
/** What a program may print; of more, only the end is kept. */
const logLimit = 64 * 1024 * 1024;
const logKept = 1024 * 1024;

type Ending = "timed out" | "cancelled" | "told to stop";

/**
 * Takes an attempt and sees it to its end: starts the program in its own process group, ends it when its time is up or
 * somebody cancels, and writes how it ended. Does nothing when another supervisor has the attempt.
 *
 * @param toldToStop  aborted when the supervisor itself has to go
 */
export async function supervise(
  folder: AttemptFolder,
  environment: Readonly<Record<string, string | undefined>>,
  toldToStop: AbortSignal,
): Promise<void> {
  const [spec, self] = await Promise.all([folder.readSpec(), recognise(process.pid)]);
  if (spec === undefined || self === undefined || !(await folder.takeLock(self))) return;
  await tellEnd(folder, await runToEnd(folder, spec, environment, toldToStop));
}

async function runToEnd(
  folder: AttemptFolder,
  spec: Spec,
  environment: Readonly<Record<string, string | undefined>>,
  toldToStop: AbortSignal,
): Promise<Result> {
  if (await folder.isCancelAsked()) return { state: "cancelled" };
  let program: ChildProcess | undefined;
  try {
    const log = await open(folder.file("out.log"), "a", 0o600);
    program = launch(spec, environment, log.fd);
    const exit = exitOf(program);
    if (program.pid !== undefined) {
      const known = await recognise(program.pid);
      if (known !== undefined) await folder.writeRunning(known);
    }
    const [exited, ending] = await watch(folder, spec, program, exit, toldToStop);
    await killTree(spec.marker, program.pid);
    await log.close();
    await keepLogSmall(folder.file("out.log"));
    await keepLogClean(folder.file("out.log"), spec, environment);
    return resultOf(exited, ending);
  } catch (error) {
    await killTree(spec.marker, program?.pid);
    return { state: "failed", message: startProblem(error, spec) };
  }
}

function launch(spec: Spec, environment: Readonly<Record<string, string | undefined>>, log: number): ChildProcess {
  const [program = "", ...parameters] = spec.command;
  const handedOn = ["PATH", "HOME", ...spec.inherit].map((name) => [name, environment[name]] as const);
  return spawn(program, parameters, {
    cwd: spec.folder,
    env: { ...Object.fromEntries(handedOn), ...spec.environment, [markerVariable]: spec.marker },
    // Its own session and process group.
    detached: true,
    stdio: ["ignore", log, log],
  });
}

/** Waits for the program's exit, and brings it about when its time is up or it is not wanted any more. */
async function watch(
  folder: AttemptFolder,
  spec: Spec,
  program: ChildProcess,
  exit: (ms: number) => Promise<Exit | undefined>,
  toldToStop: AbortSignal,
): Promise<readonly [Exit | undefined, Ending | undefined]> {
  const startedAt = performance.now();
  let nextBeat = 0;
  for (;;) {
    const exited = await exit(lookEveryMs);
    if (exited !== undefined) return [exited, undefined];
    const ran = performance.now() - startedAt;
    if (ran >= nextBeat) {
      nextBeat = ran + beatEveryMs;
      await Promise.all([writeFile(folder.file("heartbeat"), ""), keepLogSmall(folder.file("out.log"))]);
    }
    const ending = await endingOf(folder, ran >= spec.timeoutMs, toldToStop);
    if (ending !== undefined) return [await stop(spec, program, exit), ending];
  }
}

async function endingOf(folder: AttemptFolder, late: boolean, toldToStop: AbortSignal): Promise<Ending | undefined> {
  if (await folder.isCancelAsked()) return "cancelled";
  if (late) return "timed out";
  return toldToStop.aborted ? "told to stop" : undefined;
}

async function stop(
  spec: Spec,
  program: ChildProcess,
  exit: (ms: number) => Promise<Exit | undefined>,
): Promise<Exit | undefined> {
  await signalTree("SIGTERM", spec.marker, program.pid);
  const exited = await exit(spec.graceMs);
  await killTree(spec.marker, program.pid);
  return exited ?? (await exit(1_000));
}

function resultOf(exit: Exit | undefined, ending: Ending | undefined): Result {
  if (ending === "told to stop") return { state: "lost", message: "its supervisor was told to stop from outside" };
  if (ending !== undefined) return { state: ending };
  const { code = null, signal = null } = exit ?? {};
  if (code === 0) return { state: "succeeded" };
  if (code !== null) return { state: "failed", exitCode: code, message: `it ended with exit code ${code}` };
  const guess = signal === "SIGKILL" ? "; often the machine is out of memory" : "";
  return { state: "failed", message: `it was ended from outside by ${signal}${guess}` };
}

function startProblem(error: unknown, { command: [program = ""] }: Spec): string {
  switch (codeOf(error)) {
    case "ENOENT":
      return `the program "${program}", or the interpreter it names, was not found`;
    case "EACCES":
      return `the program "${program}" may not be executed`;
    case "ENOEXEC":
      return `the file "${program}" is no program of this machine`;
    default:
      return `the program "${program}" could not be run: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The program appends, so it writes on at the new end. What it writes between two steps is read again, if it rests. */
async function keepLogSmall(path: string): Promise<void> {
  let size = (await stat(path)).size;
  if (size <= logLimit) return;
  let tail = "";
  for (let look = 0; look < 20; look++) {
    tail = await readTail(path, logKept);
    const grown = (await stat(path)).size;
    if (grown === size) break;
    size = grown;
  }
  await truncate(path, 0);
  await writeFile(path, `[${size - tail.length} bytes of earlier output dropped]\n${tail}`, { flag: "a" });
}

/** A program that prints its secrets must not leave them behind. */
async function keepLogClean(
  path: string,
  spec: Spec,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (spec.inherit.length + Object.keys(spec.secretFiles).length === 0) return;
  const text = await readFile(path, "utf8");
  const clean = await withoutSecrets(text, spec, environment);
  if (clean !== text) await writeFile(path, clean);
}

/** A full disk must not turn a known end into a lost one at once. */
async function tellEnd(folder: AttemptFolder, result: Result): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await folder.writeResult(result);
      return;
    } catch (error) {
      if (attempt === 60) throw error;
      await sleep(1_000);
    }
}
