import { posix } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import { bundlePolicy } from "../../core/policy/bundle.ts";
import type { PolicySource, PolicyText } from "../../ports/policy-source.ts";
import { type Changes, lastChanges, newestChange } from "../git/last-changes.ts";
import type { GitOptions } from "../git/run-git.ts";
import { defaultsName, isPolicyPath, mostFiles } from "../policy-folder/find-files.ts";
import { fetchSnapshot, type GitPlace, type Snapshot, type SnapshotOptions } from "./fetch-snapshot.ts";
import { listTree, readObjects, shallowEnds, type TreeFile } from "./read-tree.ts";

export interface PolicyGitOptions extends GitPlace, Partial<Pick<SnapshotOptions, "timeoutMs" | "mostBytes">> {
  /** From the top of the repository; "" is the top. */
  readonly folder: string;
  readonly snapshots: string;
  readonly environment: GitOptions["environment"];
  /** Reads the files and folders that are named at the command line. */
  readonly local: PolicySource;
}

/** As much as a policy may have. */
const mostBytes = 256 * 1024;
const pointer = /^version https:\/\/git-lfs\./;

/**
 * Policies of a branch of a git repository, as its newest commit has them: fetched read-only, nothing checked out. Which
 * files count, and what they share, is as in `policyFolder`. A link, a file of Git LFS and one that is too long are told
 * as mistakes of that file.
 */
export function policyGit(options: PolicyGitOptions): PolicySource {
  return {
    place: options.folder,
    read: (paths) => (paths === undefined ? readNewest(options) : options.local.read(paths)),
  };
}

async function readNewest(options: PolicyGitOptions): Promise<readonly PolicyText[]> {
  const limits = { timeoutMs: options.timeoutMs ?? 60_000, mostBytes: options.mostBytes ?? 268_435_456 };
  const { environment } = options;
  const snapshot = await fetchSnapshot(options, { root: options.snapshots, environment, ...limits });
  const git = { folder: snapshot.folder, environment, timeoutMs: limits.timeoutMs };
  const tree = await listTree(git, snapshot, options.folder);
  if (tree.length === 0) throw notThere(options, snapshot);
  const defaults = new Map(
    tree.filter(({ path }) => posix.basename(path) === defaultsName).map((file) => [file.path, file]),
  );
  const policies = tree.filter(({ path }) => isPolicyPath(posix.relative(options.folder, path)));
  if (policies.length > mostFiles)
    throw new DriftwardError("InvalidPolicy", `expected at most ${mostFiles} policies in ${options.folder || "."}`, {
      hint: "name the folder that holds policies only",
    });
  const pairs = policies.map((file) => ({ file, shared: nearest(file.path, options.folder, defaults) }));
  const wanted = pairs.flatMap(({ file, shared }) => (shared === undefined ? [file] : [file, shared]));
  const contents = await readObjects(git, wanted.filter(isReadable));
  const changes = await lastChanges(git, snapshot.commit, options.folder, await shallowEnds(snapshot));
  return pairs
    .map(({ file, shared }) => textOf({ file, shared, contents, changes, commit: snapshot.commit }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function notThere({ folder, branch }: PolicyGitOptions, { commit }: Snapshot): DriftwardError {
  const where = `branch ${branch} (${commit.slice(0, 7)})`;
  return new DriftwardError("NotFound", `expected a folder ${folder || "."} in ${where}, found no files there`, {
    hint: "set policies.folder in driftward.yaml",
  });
}

const isReadable = ({ isLink, bytes }: TreeFile): boolean => !isLink && bytes <= mostBytes;

/** The `defaults.yaml` of a file's folder, or of the nearest one above it. */
function nearest(path: string, top: string, defaults: ReadonlyMap<string, TreeFile>): TreeFile | undefined {
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    const found = defaults.get(folder === "." ? defaultsName : `${folder}/${defaultsName}`);
    if (found !== undefined || folder === top || folder === "." || folder === "/") return found;
  }
}

interface Reading {
  readonly file: TreeFile;
  readonly shared: TreeFile | undefined;
  readonly contents: ReadonlyMap<string, string>;
  readonly changes: Changes;
  readonly commit: string;
}

function textOf({ file, shared, contents, changes, commit }: Reading): PolicyText {
  const change = newestChange(changes, shared === undefined ? [file.path] : [file.path, shared.path], commit);
  const wrong = [file, ...(shared === undefined ? [] : [shared])].flatMap((one) => {
    const why = unreadable(one, contents.get(one.object));
    return why === undefined ? [] : [`${one.path} ${why}`];
  });
  const own = contents.get(file.object) ?? "";
  const defaults = shared === undefined ? undefined : { file: shared.path, source: contents.get(shared.object) ?? "" };
  const [unreadableBecause] = wrong;
  // The object's name stands for a content that is not read, so that each is told apart.
  const source = unreadableBecause === undefined ? bundlePolicy(own, defaults) : `# ${file.object}\n`;
  return { path: file.path, source, ...change, ...(unreadableBecause === undefined ? {} : { unreadableBecause }) };
}

function unreadable({ isLink, bytes }: TreeFile, content: string | undefined): string | undefined {
  if (isLink) return "is a link: put the file itself there";
  if (bytes > mostBytes) return "has more than 256 KiB: one file for each model";
  return content !== undefined && pointer.test(content) ? "is kept by Git LFS: keep it as a plain file" : undefined;
}
