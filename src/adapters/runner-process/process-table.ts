import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";
import type { KnownProcess } from "./attempt-folder.ts";

const run = promisify(execFile);
const onLinux = process.platform === "linux";

/** Name of the environment variable by which children are found that left their program's process group. */
export const markerVariable = "DRIFTWARD_ATTEMPT";

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
  /** Clock ticks since boot on Linux, a date elsewhere. */
  readonly started: string;
}

/** Where pids mean what they mean here: this boot of this machine, this container. */
export async function thisPlace(): Promise<string> {
  if (!onLinux) return hostname();
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
  return `${hostname()} ${boot.trim()} ${namespace}`;
}

/** Describes a process of this place so that it can be recognised later; undefined when it is gone. */
export async function recognise(pid: number): Promise<KnownProcess | undefined> {
  const entry = await lookUp(pid);
  if (entry === undefined || isDead(entry)) return undefined;
  return { pid, identity: entry.started, place: await thisPlace(), at: new Date().toISOString() };
}

/** Whether this very process runs. A zombie does not: under a PID 1 that reaps nothing it would seem to for ever. */
export async function isAlive(known: KnownProcess): Promise<boolean> {
  const entry = await lookUp(known.pid);
  return entry !== undefined && !isDead(entry) && entry.started === known.identity;
}

/**
 * Everything that belongs to a program and runs: its process group, what carries its marker, and all their children.
 * A child that left the group, cleared its environment and lost its parent cannot be found.
 *
 * @param program  leader of the group, while it is known not to have been replaced by another process
 */
export async function findTree(marker: string, program: number | undefined): Promise<readonly number[]> {
  const entries = (await listAll()).filter((entry) => !isDead(entry) && entry.pid !== process.pid);
  const found = new Set<number>();
  for (const { pid, group } of entries)
    if ((program !== undefined && (pid === program || group === program)) || (await carriesMarker(pid, marker)))
      found.add(pid);
  for (let grew = true; grew; ) {
    const children = entries.filter(({ pid, parent }) => found.has(parent) && !found.has(pid));
    for (const { pid } of children) found.add(pid);
    grew = children.length > 0;
  }
  return [...found];
}

/** Sends a signal to every process of a program's tree; returns how many there were. */
export async function signalTree(
  signal: "SIGTERM" | "SIGKILL",
  marker: string,
  program: number | undefined,
): Promise<number> {
  const tree = await findTree(marker, program);
  for (const pid of tree)
    try {
      process.kill(pid, signal);
    } catch {
      // It ended in between.
    }
  return tree.length;
}

/** Ends a program's tree, and what it forks meanwhile, without asking. */
export async function killTree(marker: string, program: number | undefined): Promise<void> {
  for (let round = 0; round < 50; round++) {
    if ((await signalTree("SIGKILL", marker, program)) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isDead({ state }: Entry): boolean {
  return state.startsWith("Z") || state.startsWith("X");
}

async function carriesMarker(pid: number, marker: string): Promise<boolean> {
  if (!onLinux) return false;
  const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
  return environment.split("\0").includes(`${markerVariable}=${marker}`);
}

async function lookUp(pid: number): Promise<Entry | undefined> {
  if (!onLinux) return (await listAll(["-p", String(pid)]))[0];
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // The name stands in parentheses and may hold spaces and parentheses itself: the fields follow the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "X", parent, group] = fields;
  return { pid, state, parent: Number(parent), group: Number(group), started: fields[19] ?? "" };
}

async function listAll(which: readonly string[] = ["-A"]): Promise<readonly Entry[]> {
  if (onLinux) {
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
    return (await Promise.all(pids.map(lookUp))).filter((entry) => entry !== undefined);
  }
  const { stdout } = await run("ps", [...which, "-o", "pid=,ppid=,pgid=,stat=,lstart="]).catch(() => ({ stdout: "" }));
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, group, state = "", started = ""] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), group: Number(group), state, started }];
  });
}
