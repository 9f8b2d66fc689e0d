import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The program as people run it: compiled. `npm run build` comes first, as `npm test` does it. */
const main = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));

export const exampleFolder = fileURLToPath(new URL("../../examples/bike/", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly isOver: () => boolean;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Started and not over yet. */
const running = new Set<Program>();

/** Kills what a test that failed has left running; before its folders are removed. */
export async function killRunning(): Promise<void> {
  const left = [...running];
  for (const program of left) {
    program.process.kill("SIGCONT");
    program.process.kill("SIGKILL");
  }
  await Promise.all(left.map(({ ended }) => ended));
}

/** What is set where the tests run must not decide what they see. */
const ownEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_|DATABASE_URL$|REDIS_URL$|DRIFTWARD_|NO_COLOR$|FORCE_COLOR$)/i.test(name),
  ),
);

/** Starts `driftward` with these arguments. */
export function startProgram(args: readonly string[], { cwd, env = {} }: StartOptions = {}): Program {
  if (!existsSync(main)) throw new Error(`expected the built program at ${main}: npm run build`);
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...ownEnvironment, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const program: Program = { process: child, ended, stdout: () => stdout, stderr: () => stderr, isOver };
  running.add(program);
  const forget = () => running.delete(program);
  ended.then(forget, forget);
  return program;
}

/** Runs it to its end. */
export function runProgram(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return startProgram(args, options).ended;
}

/** Runs it to its end, which must be well, and reads the object that it prints. */
export async function runJson(args: readonly string[], options: StartOptions = {}): Promise<Record<string, unknown>> {
  const { code, signal, stdout, stderr } = await runProgram([...args, "--json"], options);
  if (code !== 0) throw new Error(`driftward ${args.join(" ")} ended with ${code ?? signal}:\n${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

/** An empty folder of the test's own. Open to all: as root a private one would have its cluster elsewhere, and leave it. */
export function makeFolder(name: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `dw-e2e-${name}-`));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Command lines of the processes that have to do with a folder: its PostgreSQL, its trainers, Driftward itself. */
export function processesOf(folder: string): readonly string[] {
  const { stdout } = spawnSync("ps", ["-A", "-ww", "-o", "pid=,args="], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(folder) && !line.includes("ps -A"));
}
