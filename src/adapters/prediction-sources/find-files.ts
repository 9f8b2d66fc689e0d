import type { Dirent, readdir as readdirCallback } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { glob } from "tinyglobby";
import { DriftwardError } from "../../core/errors.ts";
import { isInside, patternFolder } from "../../core/policy/check-predictions.ts";
import type { OfferedSources } from "../../core/prediction/source-settings.ts";
import type { FoundFile } from "../../ports/prediction-sources.ts";
import { codeOf } from "../attempts/once-folder.ts";

/**
 * Files of a pattern that may be read; see the port. Policies are not trusted: links are followed before it is asked. Of
 * links that are found, those to files in the folders that are allowed are taken for the files; others are passed over.
 */
export async function findFiles(
  { allow, root, settleMs }: Pick<OfferedSources, "allow" | "root" | "settleMs">,
  pattern: string,
): Promise<readonly FoundFile[]> {
  const allowed = await Promise.all(allow.map((folder) => realpath(folder).catch(() => folder)));
  const isAllowed = (path: string) => allowed.some((one) => isInside(one, path));
  const refuse = (what: string) =>
    new DriftwardError("NotAllowed", `"${pattern}": ${what} lies in no folder that driftward.yaml allows`, {
      hint: `add its folder to files.allow; there: ${allow.join(", ") || "none"}`,
    });
  const folder = patternFolder(root, pattern);
  if (pattern.split("/").includes("..") || !allow.some((one) => isInside(one, folder))) throw refuse(folder);
  const fs = { readdir: readdirWithLinks(isAllowed) };
  const paths = await glob(pattern, { cwd: root, absolute: true, onlyFiles: true, followSymbolicLinks: false, fs });
  const found = new Map<string, FoundFile>();
  for (const path of paths.sort()) {
    const file = await lookAt(path);
    if (file === undefined) continue;
    if (!isAllowed(file.path)) throw refuse(path);
    // A file that a link leads to may be of the pattern itself.
    if (Date.now() - file.modifiedAt.getTime() >= settleMs) found.set(file.path, found.get(file.path) ?? file);
  }
  return [...found.values()];
}

/** A file as it is now, behind its links; undefined when it is gone, as one that was listed may be. */
export async function lookAt(path: string): Promise<FoundFile | undefined> {
  try {
    const real = await realpath(path);
    const { size, mtime } = await stat(real);
    return { path: real, size, modifiedAt: new Date(mtime) };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

type Entry = Pick<Dirent, "name" | "isFile" | "isDirectory" | "isSymbolicLink">;

/** Lists folders with links to files that are allowed as files: walking into links to folders may never end. */
function readdirWithLinks(isAllowed: (path: string) => boolean): typeof readdirCallback {
  const list = async (folder: string) => {
    const entries = await readdir(folder, { withFileTypes: true });
    return Promise.all(
      entries.map(async (entry): Promise<Entry> => {
        if (!entry.isSymbolicLink() || !(await leadsToFile(join(folder, entry.name)))) return entry;
        const { name } = entry;
        return { name, isFile: () => true, isDirectory: () => false, isSymbolicLink: () => false };
      }),
    );
  };
  const leadsToFile = async (path: string): Promise<boolean> => {
    const real = await realpath(path).catch(() => undefined);
    return real !== undefined && isAllowed(real) && (await stat(real).catch(() => undefined))?.isFile() === true;
  };
  const listed = (folder: string, _options: unknown, done: (error: unknown, entries: readonly unknown[]) => void) => {
    list(folder).then(
      (entries) => done(null, entries),
      (error: unknown) => done(error, []),
    );
  };
  return listed as unknown as typeof readdirCallback;
}
