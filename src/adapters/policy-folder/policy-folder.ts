import { promises as fs } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { bundlePolicy, type SourceFile } from "../../core/policy/bundle.ts";
import type { PolicySource, PolicyText } from "../../ports/policy-source.ts";
import type { GitOptions } from "../git/run-git.ts";
import { committed } from "./committed.ts";
import { findDefaults, findPolicyFiles } from "./find-files.ts";

/** One byte more than a policy may have: enough to see that there are too many. */
const mostBytes = 256 * 1024 + 1;

async function readStart(path: string): Promise<string> {
  const file = await fs.open(path, "r");
  try {
    const buffer = Buffer.alloc(mostBytes);
    let length = 0;
    for (let read = 1; read > 0 && length < mostBytes; length += read)
      ({ bytesRead: read } = await file.read(buffer, length, mostBytes - length));
    return buffer.toString("utf8", 0, length);
  } finally {
    await file.close();
  }
}

/** How far up shared defaults are looked for: what is named inside of the configured folder shares what is there. */
async function topOf(root: string, folder: string): Promise<string> {
  const configured = await fs.realpath(folder).catch(() => root);
  return root.startsWith(configured + sep) ? configured : root;
}

async function readUnder(
  path: string,
  shownAs: string,
  environment: GitOptions["environment"],
  folder: string,
): Promise<readonly PolicyText[]> {
  const { root, files } = await findPolicyFiles(path);
  const top = await topOf(root, folder);
  const git = files.length === 0 ? undefined : await committed(root, environment);
  const isFile = files.length === 1 && resolve(path) !== root && basename(path) === basename(files[0] ?? "");
  const show = (file: string) => (isFile ? shownAs : join(shownAs, relative(root, file)));
  const texts: PolicyText[] = [];
  for (const file of files) {
    const shared = await findDefaults(top, file);
    const defaults: SourceFile | undefined =
      shared === undefined
        ? undefined
        : { file: join(dirname(show(file)), relative(dirname(file), shared)), source: await readStart(shared) };
    const source = bundlePolicy(await readStart(file), defaults);
    const change = git?.lastChange(shared === undefined ? [file] : [file, shared]);
    texts.push({ path: show(file), source, ...change });
  }
  return texts;
}

/**
 * Policies as YAML files of a folder and its subfolders (`schema/`, `examples/` and names with a dot before them left
 * out). The nearest `defaults.yaml` from a file's folder upwards is what it shares with others. At most 1,000 files;
 * links that lead out of the folder are refused.
 *
 * @param folder       absolute; paths are shown from its last part on, such as `policies/churn.yaml`
 * @param environment  what git is handed a part of
 */
export function policyFolder(folder: string, environment: GitOptions["environment"] = {}): PolicySource {
  return {
    place: basename(folder),
    async read(paths) {
      if (paths === undefined) return readUnder(folder, basename(folder), environment, folder);
      const found = new Map<string, PolicyText>();
      for (const path of paths)
        for (const text of await readUnder(resolve(path), path, environment, folder)) {
          const file = resolve(text.path);
          if (!found.has(file)) found.set(file, text);
        }
      return [...found.values()];
    },
  };
}
