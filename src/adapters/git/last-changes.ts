import { type GitOptions, runGit } from "./run-git.ts";

/** The commit that last changed something, and who wrote it. */
export interface Change {
  readonly commit: string;
  /** `Name <address>`; absent when the history that is there does not reach back to it. */
  readonly author?: string;
}

/** Last changes by path from the top of the repository, newest first. */
export type Changes = ReadonlyMap<string, Change>;

/** Commits that are looked through; what was last changed before them is not told. */
const mostCommits = 2_000;

/**
 * The last change of each file under a folder of a commit. Files that were last changed before the history that is there
 * are left out.
 *
 * @param under  a path from the top, or "" for the whole
 * @param cut    commits whose parents are not there (a shallow history ends in them): all that they hold seems new
 */
export async function lastChanges(
  git: GitOptions,
  commit: string,
  under: string,
  cut: ReadonlySet<string> = new Set(),
): Promise<Changes> {
  const format = "--format=%x01%H%x02%an <%ae>";
  const what = ["--no-ext-diff", "--no-textconv", "--name-only", "--no-renames", "-z", format];
  const paths = under === "" ? [] : [under];
  const args = ["log", `--max-count=${mostCommits}`, ...what, commit, "--", ...paths];
  const out = await runGit({ ...git, maxBytes: 33_554_432 }, args);
  const changes = new Map<string, Change>();
  for (const entry of out.toString("utf8").split("\u0001").slice(1)) {
    const [head = "", ...files] = entry.split("\0");
    const [id = "", author = ""] = head.split("\u0002");
    if (cut.has(id)) continue;
    for (const file of files) {
      const path = file.replace(/^\n/, "");
      if (path !== "" && !changes.has(path)) changes.set(path, { commit: id, author });
    }
  }
  return changes;
}

/** The newest change of these paths; the commit that they are read from when it lies before what is known. */
export function newestChange(changes: Changes, paths: readonly string[], readFrom: string): Change {
  const theirs = paths.map((path) => changes.get(path)?.commit);
  if (theirs.includes(undefined)) return { commit: readFrom };
  for (const change of changes.values()) if (theirs.includes(change.commit)) return change;
  return { commit: readFrom };
}
