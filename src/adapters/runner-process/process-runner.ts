import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { DriftwardError } from "../../core/errors.ts";
import { fileVariables, secretFileVariables } from "../../core/run/launch-spec.ts";
import type { Launch, Progress, Runner } from "../../ports/runner.ts";
import { progressOf } from "../attempts/attempt-end.ts";
import { forgetAttempts } from "../attempts/forget-attempts.ts";
import { lastLines, withoutSecrets } from "../attempts/log-lines.ts";
import { codeOf } from "../attempts/once-folder.ts";
import { childEntry } from "../child-entry.ts";
import { AttemptFolder, type KnownProcess, type Result } from "./attempt-folder.ts";
import { isAlive, killTree, thisPlace } from "./process-table.ts";
import { readTail } from "./read-tail.ts";

export interface ProcessRunnerOptions {
  /** Folder that holds one folder an attempt; the attempts of one root are one world. */
  readonly root: string;
  /** Where PATH, HOME and the names a trainer asks for are taken from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const startWithinMs = 20_000;
const silentForMs = 60_000;
const logBytes = 256 * 1024;

/**
 * Runs trainers as processes of this machine, each under a detached supervisor of its own. Everything that is known of
 * an attempt is in files, so whoever comes later adopts it, and starts, ends and exit codes are told exactly once.
 */
export function processRunner({ root, environment }: ProcessRunnerOptions): Runner {
  return {
    name: "process",
    start: (launch) => start(root, environment, launch),
    poll: (key) => poll(new AttemptFolder(root, key)),
    async cancel(key) {
      const folder = new AttemptFolder(root, key);
      await folder.make();
      await folder.askCancel();
    },
    async logs(key, lines) {
      const folder = new AttemptFolder(root, key);
      const text = await readTail(folder.file("out.log"), logBytes).catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return "";
        throw error;
      });
      const secrets = (await folder.readSpec()) ?? { inherit: [], secretFiles: {} };
      return lastLines(await withoutSecrets(text, secrets, environment), lines);
    },
    forget: (isOver) =>
      forgetAttempts(root, isOver, async (key) => (await poll(new AttemptFolder(root, key)))?.state !== "running"),
  };
}

async function start(root: string, environment: ProcessRunnerOptions["environment"], launch: Launch): Promise<void> {
  const { key, command, graceMs, timeoutMs, inherit, folder: cwd, files, secretFiles = {} } = launch;
  const folder = new AttemptFolder(root, key);
  await folder.make();
  if ((await folder.readLock()) !== undefined || (await folder.isCancelAsked())) return;
  const marker = randomUUID();
  await folder.writeSpec({
    key,
    command: [...command],
    environment: { ...launch.environment, ...filesOf(files), ...secretFileVariables(secretFiles) },
    inherit: [...inherit],
    secretFiles: { ...secretFiles },
    folder: cwd,
    timeoutMs,
    graceMs,
    marker,
  });
  const names = ["PATH", "HOME", ...inherit];
  const supervisor = await spawnSupervisor(
    folder,
    [childEntry(new URL("./supervisor-main.ts", import.meta.url)), root, key],
    Object.fromEntries(names.map((name) => [name, environment[name]])),
  );
  await waitForLock(folder, supervisor);
}

/** Of what there is: a hook has no data. */
function filesOf(files: Launch["files"]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fileVariables(files)).filter(([, path]) => path !== ""));
}

async function spawnSupervisor(
  folder: AttemptFolder,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const log = await open(folder.file("supervisor.log"), "a", 0o600);
  try {
    const child = spawn(process.execPath, parameters, {
      cwd: folder.path,
      env,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

/** Until some supervisor has the attempt, ours or one that was quicker. */
async function waitForLock(folder: AttemptFolder, supervisor: ChildProcess): Promise<void> {
  let problem: string | undefined;
  supervisor.once("error", (error) => {
    problem = error.message;
  });
  supervisor.once("exit", (code) => {
    problem = `it ended with exit code ${code}`;
  });
  for (const deadline = performance.now() + startWithinMs; performance.now() < deadline; await sleep(20)) {
    // Read first: a supervisor that ended may have taken and finished the attempt.
    const ended = problem;
    if ((await folder.readLock()) !== undefined) return;
    if (ended !== undefined) break;
  }
  const said = await readTail(folder.file("supervisor.log"), 2_000).catch(() => "");
  throw new Error(`the supervisor of ${folder.path} did not start: ${problem ?? "it is silent"} ${said}`.trim());
}

async function poll(folder: AttemptFolder): Promise<Progress | undefined> {
  try {
    const result = await folder.readResult();
    if (result !== undefined) return progressOf(result);
    const supervisor = await folder.readLock();
    if (supervisor === undefined) return (await folder.isCancelAsked()) ? { state: "cancelled" } : undefined;
    if (await isSupervised(folder, supervisor))
      return { state: "running", startedAt: new Date(((await folder.readRunning()) ?? supervisor).at) };
    // Its last word may have come between the two looks.
    return progressOf((await folder.readResult()) ?? (await settleLost(folder, supervisor)));
  } catch (error) {
    if (!(error instanceof DriftwardError)) throw error;
    return { state: "lost", message: error.message };
  }
}

async function isSupervised(folder: AttemptFolder, supervisor: KnownProcess): Promise<boolean> {
  if (supervisor.place === (await thisPlace())) return isAlive(supervisor);
  // Another machine or container on the same storage: its processes cannot be seen, only its signs of life.
  const young = Date.now() - new Date(supervisor.at).getTime() < silentForMs;
  return young || (await folder.heartbeatAge()) < silentForMs;
}

/** Nobody watches the time of a program whose supervisor died: it is ended, and never started a second time. */
async function settleLost(folder: AttemptFolder, supervisor: KnownProcess): Promise<Result> {
  const [spec, program] = await Promise.all([folder.readSpec(), folder.readRunning()]);
  if (spec !== undefined && supervisor.place === (await thisPlace()))
    await killTree(spec.marker, program !== undefined && (await isAlive(program)) ? program.pid : undefined);
  const lost = { state: "lost", message: "its supervisor died before it could tell how the program ended" } as const;
  await folder.writeResult(lost);
  return (await folder.readResult()) ?? lost;
}
