import { promises as fs } from "node:fs";
import { join } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import { type GitOptions, runGit } from "../git/run-git.ts";
import type { Snapshot } from "./fetch-snapshot.ts";

/** A file of a commit. Nothing is checked out: a link is only its text, and no filter runs. */
export interface TreeFile {
  /** From the top of the repository. */
  readonly path: string;
  readonly isLink: boolean;
  readonly object: string;
  readonly bytes: number;
}

const entryPattern = /^(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)\t([\s\S]+)$/;

/** Files and links under a folder of a snapshot's commit, in git's order; submodules are left out. */
export async function listTree(git: GitOptions, { commit }: Snapshot, under: string): Promise<readonly TreeFile[]> {
  const paths = under === "" ? [] : [`${under}/`];
  const args = ["ls-tree", "-r", "-z", "-l", "--full-tree", commit, ...paths];
  const out = await runGit({ ...git, maxBytes: 33_554_432 }, args);
  return out
    .toString("utf8")
    .split("\0")
    .flatMap((line): readonly TreeFile[] => {
      const [, mode, type, object, bytes, path] = entryPattern.exec(line) ?? [];
      if (type !== "blob" || object === undefined || path === undefined) return [];
      return [{ path, object, isLink: mode === "120000", bytes: Number(bytes) }];
    });
}

/** The contents of objects, by name. */
export async function readObjects(git: GitOptions, files: readonly TreeFile[]): Promise<ReadonlyMap<string, string>> {
  const input = files.map(({ object }) => `${object}\n`).join("");
  const maxBytes = files.reduce((sum, { bytes }) => sum + bytes + 200, 1_024);
  const out = await runGit({ ...git, maxBytes, input }, ["cat-file", "--batch"]);
  const contents = new Map<string, string>();
  for (let at = 0; at < out.length; ) {
    const line = out.indexOf(10, at);
    const [object = "", type, size] = out.toString("utf8", at, line).split(" ");
    if (line < 0 || type !== "blob")
      throw new DriftwardError("SourceUnavailable", `expected a file of the repository, got ${type ?? "nothing"}`);
    const end = line + 1 + Number(size);
    contents.set(object, out.toString("utf8", line + 1, end));
    at = end + 1;
  }
  return contents;
}

/** Commits whose parents were not fetched. */
export async function shallowEnds({ folder }: Snapshot): Promise<ReadonlySet<string>> {
  const text = await fs.readFile(join(folder, "shallow"), "utf8").catch(() => "");
  return new Set(text.split("\n").filter((line) => line !== ""));
}
