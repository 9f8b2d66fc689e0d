import { join, relative, sep } from "node:path";
import { type Change, lastChanges, newestChange } from "../git/last-changes.ts";
import { type GitOptions, runGit } from "../git/run-git.ts";

/** What git knows of a folder's files. */
export interface Committed {
  /** The last change of files that are as they were committed; undefined when one of them is not. */
  lastChange(paths: readonly string[]): Change | undefined;
}

/** What git says of a folder; undefined outside a repository, before its first commit, or without git. */
export async function committed(
  folder: string,
  environment: GitOptions["environment"],
): Promise<Committed | undefined> {
  const git = { folder, environment };
  const ask = async (...args: readonly string[]) => (await runGit(git, args)).toString("utf8");
  try {
    const [commit, top, changed] = await Promise.all([
      ask("rev-parse", "--verify", "HEAD"),
      ask("rev-parse", "--show-toplevel"),
      ask(
        "status",
        "--porcelain",
        "-z",
        "--untracked-files=all",
        "--ignored=matching",
        "--ignore-submodules=all",
        "--no-renames",
        "--",
        ".",
      ),
    ]);
    const root = top.replace(/\n$/, "");
    const head = commit.trim();
    const under = relative(root, folder);
    const changes = await lastChanges({ ...git, folder: root }, head, under);
    const paths = changed
      .split("\0")
      .filter((line) => line !== "")
      .map((line) => join(root, line.slice(3)));
    const isChanged = (path: string) =>
      paths.some((one) => one === path || (one.endsWith("/") && path.startsWith(one)));
    return {
      lastChange(files) {
        if (files.some(isChanged)) return undefined;
        const fromTop = files.map((file) => relative(root, file).split(sep).join("/"));
        return newestChange(changes, fromTop, head);
      },
    };
  } catch {
    return undefined;
  }
}
