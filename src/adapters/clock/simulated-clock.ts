import { readFileSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import type { Clock } from "../../ports/clock.ts";

/** Business time that moves only when it is told to; kept in a file, so that it outlives the process. */
export interface SimulatedClock extends Clock {
  /**
   * Moves the time, and returns once that is on disk. One process at a time may do so; others see it at their next now().
   *
   * @throws InvalidInput when `to` is before now
   */
  advance(to: Date): Promise<void>;
}

/**
 * Opens a simulated clock.
 *
 * @param path   file that holds the time, as ISO text; its folder is made when absent
 * @param start  the time of a clock whose file does not exist yet
 * @throws InvalidData when the file holds no time; NotFound when there is no file and no start
 */
export async function openSimulatedClock(path: string, start?: Date): Promise<SimulatedClock> {
  let latest = readTime(path);
  if (latest === undefined) {
    if (start === undefined)
      throw new DriftwardError("NotFound", `expected the simulated clock's file ${path}, got none`);
    await mkdir(dirname(path), { recursive: true });
    await writeTime(path, start);
    latest = start;
  }
  let moving: Promise<void> = Promise.resolve();

  const now = (): Date => {
    const onDisk = readTime(path);
    if (onDisk !== undefined && onDisk > (latest ?? onDisk)) latest = onDisk;
    return new Date(latest ?? 0);
  };
  const move = async (to: Date): Promise<void> => {
    const at = now();
    if (!(to >= at))
      throw new DriftwardError("InvalidInput", `expected a time at or after ${at.toISOString()}, got ${describe(to)}`);
    if (to.getTime() === at.getTime()) return;
    await writeTime(path, to);
    latest = new Date(to);
  };
  return {
    now,
    advance(to) {
      const moved = moving.then(() => move(to));
      moving = moved.catch(() => undefined);
      return moved;
    },
  };
}

function describe(time: Date): string {
  return Number.isNaN(time.getTime()) ? "no time" : time.toISOString();
}

function readTime(path: string): Date | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || text === "")
    throw new DriftwardError("InvalidData", `expected an ISO time in ${path}, got "${text.slice(0, 40)}"`);
  return time;
}

/** Written aside, on disk, then renamed: a kill at any moment leaves the old time or the new one. */
async function writeTime(path: string, time: Date): Promise<void> {
  const aside = `${path}.${process.pid}.new`;
  const file = await open(aside, "w");
  try {
    await file.writeFile(`${time.toISOString()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  await syncFolder(dirname(path));
}

/** Makes a rename outlast a loss of power; Windows cannot open a folder for that. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
