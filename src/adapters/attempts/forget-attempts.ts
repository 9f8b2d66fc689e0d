import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import { codeOf, isAttemptKey } from "./once-folder.ts";

/** A folder that is being removed: no key begins with a dot, so nobody takes what is left of it for an attempt. */
const removing = ".removing-";

/**
 * Removes the folders of attempts that are over, each as a whole; one that a crash left half removed goes with the next.
 *
 * @param isOver  whether nobody asks for an attempt any more, by its key
 * @param mayGo   whether it has ended outside as well; one of whom that cannot be told stays
 * @returns the keys of those that were removed
 */
export async function forgetAttempts(
  root: string,
  isOver: (key: string) => boolean,
  mayGo: (key: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const names = await readdir(root).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  for (const name of names.filter((one) => one.startsWith(removing)))
    await rm(join(root, name), { recursive: true, force: true, maxRetries: 5 });
  const forgotten: string[] = [];
  for (const key of names.filter((name) => isAttemptKey(name) && isOver(name))) {
    if (!(await canTell(mayGo, key))) continue;
    const aside = join(root, `${removing}${key}`);
    if (!(await moveAside(join(root, key), aside))) continue;
    // A supervisor may write its last signs of life meanwhile.
    await rm(aside, { recursive: true, force: true, maxRetries: 5 });
    forgotten.push(key);
  }
  return forgotten;
}

/** False when somebody else is removing it already. */
async function moveAside(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTEMPTY", "EEXIST"].includes(codeOf(error) ?? "")) return false;
    throw error;
  }
}

async function canTell(mayGo: (key: string) => Promise<boolean>, key: string): Promise<boolean> {
  try {
    return await mayGo(key);
  } catch (error) {
    if (error instanceof DriftwardError) return false;
    throw error;
  }
}
