import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const timeout = 10_000;

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  // Only questions are asked: no locks are taken, and no program that a repository names is started.
  const flags = ["--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", folder];
  const { stdout } = await run("git", [...flags, ...args], { timeout, maxBuffer: 4_194_304 });
  return stdout;
}

/** The commit that a folder's files are of, and which of them differ from it. */
export interface Committed {
  readonly commit: string;
  isAsCommitted(path: string): boolean;
}

/** What git says of a folder; undefined outside a repository, before its first commit, or without git. */
export async function committed(folder: string): Promise<Committed | undefined> {
  try {
    const [commit, top, changed] = await Promise.all([
      git(folder, "rev-parse", "--verify", "HEAD"),
      git(folder, "rev-parse", "--show-toplevel"),
      git(
        folder,
        "status",
        "--porcelain",
        "-z",
        "--untracked-files=all",
        "--ignored=matching",
        "--no-renames",
        "--",
        ".",
      ),
    ]);
    const root = top.replace(/\n$/, "");
    const paths = changed
      .split("\0")
      .filter((line) => line !== "")
      .map((line) => join(root, line.slice(3)));
    const isChanged = (path: string) =>
      paths.some((one) => one === path || (one.endsWith("/") && path.startsWith(one)));
    return { commit: commit.trim(), isAsCommitted: (path) => !isChanged(path) };
  } catch {
    return undefined;
  }
}
