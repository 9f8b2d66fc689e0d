import { type Dirent, promises as fs } from "node:fs";
import { basename, dirname, extname, join, sep } from "node:path";
import { DriftwardError } from "../../core/errors.ts";

export const mostFiles = 1_000;
const mostLevels = 5;
/** Folders that hold no policies in force. */
const passedOver: ReadonlySet<string> = new Set(["schema", "examples", "node_modules"]);
export const defaultsName = "defaults.yaml";

const isYaml = (name: string): boolean => [".yaml", ".yml"].includes(extname(name));

/** Whether a path under the folder of policies is one of a policy: what a walk through the folder would find. */
export function isPolicyPath(path: string): boolean {
  const steps = path.split("/");
  const name = steps.pop() ?? "";
  if (steps.length > mostLevels || steps.some((step) => step.startsWith(".") || passedOver.has(step))) return false;
  return isYaml(name) && !name.startsWith(".") && name !== defaultsName;
}

async function realPath(path: string): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (cause) {
    throw new DriftwardError("NotFound", `expected a policy file or a folder of them, ${path} is not there`, {
      hint: "put a policy there (docs/policies.md), name another path, or set policies in driftward.yaml",
      cause,
    });
  }
}

/** Symlinks are followed inside the root only (a mounted ConfigMap is made of them). */
async function staysInside(root: string, path: string): Promise<string> {
  const real = await realPath(path);
  if (real.startsWith(root + sep)) return real;
  throw new DriftwardError("InvalidPolicy", `${path} leads out of its folder`, {
    hint: "put the file itself there",
    place: { file: path },
  });
}

/** What is no file (a pipe, a socket) may never end. */
async function requireFile(real: string, path: string): Promise<void> {
  if ((await fs.stat(real)).isFile()) return;
  throw new DriftwardError("InvalidPolicy", `expected a file, ${path} is none`, {
    hint: "name the folder that holds policies only",
  });
}

async function entries(folder: string): Promise<readonly Dirent[]> {
  const found = await fs.readdir(folder, { withFileTypes: true });
  return found.filter(({ name }) => !name.startsWith(".")).sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function walk(root: string, folder: string, level: number, found: string[]): Promise<void> {
  for (const entry of await entries(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (level < mostLevels && !passedOver.has(entry.name)) await walk(root, path, level + 1, found);
    } else if (isYaml(entry.name) && entry.name !== defaultsName) {
      await requireFile(await staysInside(root, path), path);
      found.push(path);
    }
    if (found.length > mostFiles)
      throw new DriftwardError("InvalidPolicy", `expected at most ${mostFiles} policies in ${root}`, {
        hint: "name the folder that holds policies only",
      });
  }
}

export interface FoundFiles {
  /** The folder searched, its links resolved. */
  readonly root: string;
  readonly files: readonly string[];
}

/** Policy files of a folder and its subfolders in order of their names, or the one file that is named. */
export async function findPolicyFiles(path: string): Promise<FoundFiles> {
  const real = await realPath(path);
  const isFolder = (await fs.stat(real)).isDirectory();
  if (!isFolder) return { root: dirname(real), files: basename(real) === defaultsName ? [] : [real] };
  const files: string[] = [];
  await walk(real, real, 0, files);
  return { root: real, files };
}

/** The nearest `defaults.yaml` from a file's folder up to the root. */
export async function findDefaults(root: string, file: string): Promise<string | undefined> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, defaultsName);
    const there = await fs.stat(path).then(
      (stat) => stat.isFile(),
      () => false,
    );
    if (there) {
      await staysInside(root, path);
      return path;
    }
    if (folder === root || !folder.startsWith(root)) return undefined;
  }
}
