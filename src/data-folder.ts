import { accessSync, constants, mkdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { diskError } from "./core/disk-errors.ts";
import { DriftwardError } from "./core/errors.ts";

/**
 * Makes the data directory and what has to be in it.
 *
 * @throws StateUnavailable when it cannot be made or written, InvalidConfig when something else has its name or
 *         it is among the kernel's files
 */
export function makeDataFolder(dataDirectory: string, inside: readonly string[] = []): void {
  refuseKernelFolder(dataDirectory);
  try {
    for (const folder of [dataDirectory, ...inside]) mkdirSync(folder, { recursive: true });
    accessSync(dataDirectory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw problemWith(dataDirectory, cause);
  }
}

/** Node would try for ever to make a folder there. */
function refuseKernelFolder(dataDirectory: string): void {
  const real = realParent(dataDirectory);
  if (!/^\/(proc|sys)(\/|$)/.test(real)) return;
  throw new DriftwardError(
    "InvalidConfig",
    `expected a folder for data, got ${dataDirectory}, where the kernel's are`,
    {
      hint: "set `data` in driftward.yaml (or DRIFTWARD_DATA) to a folder on a disk",
    },
  );
}

/** The path without links, as far as it is there. */
function realParent(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(realParent(dirname(path)), basename(path));
  }
}

function problemWith(dataDirectory: string, cause: unknown): unknown {
  const inTheWay = findFile(dataDirectory);
  if (inTheWay !== undefined)
    return new DriftwardError("InvalidConfig", `expected a folder at ${inTheWay}, got a file`, {
      hint: "set `data` in driftward.yaml (or DRIFTWARD_DATA) to a folder, or move the file away",
      cause,
    });
  const known = diskError(cause, () => true) ?? diskError(whyNotIn(dirname(dataDirectory)), () => true);
  if (known === undefined) return cause;
  const { message, hint = "" } = known;
  return new DriftwardError("StateUnavailable", `expected to write in ${dataDirectory}: ${message}`, { hint, cause });
}

/** The first of a path and its parents that is there, when it is no folder. */
function findFile(path: string): string | undefined {
  const status = statOf(path);
  if (status !== undefined) return status.isDirectory() ? undefined : path;
  return dirname(path) === path ? undefined : findFile(dirname(path));
}

/** Node says ENOENT where a folder cannot be made on a read-only file system; its parent says why. */
function whyNotIn(folder: string): unknown {
  if (statOf(folder) === undefined) return dirname(folder) === folder ? undefined : whyNotIn(dirname(folder));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
