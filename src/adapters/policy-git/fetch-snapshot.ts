import { createHash, randomBytes } from "node:crypto";
import { type Dirent, promises as fs } from "node:fs";
import { join } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import { type GitOptions, runGit } from "../git/run-git.ts";

export interface GitPlace {
  /** As `checkRepositoryAddress` lets it through; absolute where it is a path. */
  readonly url: string;
  readonly branch: string;
}

export interface SnapshotOptions {
  /** Where snapshots are kept. */
  readonly root: string;
  readonly environment: GitOptions["environment"];
  /** Wall time for one fetch. */
  readonly timeoutMs: number;
  /** Size on disk that a fetched repository may have. */
  readonly mostBytes: number;
}

/** A bare repository that holds one commit of the branch and some of its history. Never changed once it is there. */
export interface Snapshot {
  readonly folder: string;
  readonly commit: string;
}

/** Enough of the history to find who last changed a policy; a repository too large for it is fetched without. */
const depths = [200, 1] as const;
const branchRef = "refs/heads/policies";
const commitPattern = /^[0-9a-f]{40,64}$/;
const staleMs = 3_600_000;

/**
 * The newest commit of a branch, fetched when it is not there yet. Each commit is fetched into a folder of its own that
 * gets its name when it is whole: a fetch that dies, and two at once, leave nothing half done.
 *
 * @throws SourceUnavailable when the repository cannot be reached, is too large, or has no such branch
 */
export async function fetchSnapshot(place: GitPlace, options: SnapshotOptions): Promise<Snapshot> {
  const key = createHash("sha256").update(`${place.url}\n${place.branch}`).digest("hex").slice(0, 16);
  const root = join(options.root, key);
  await fs.mkdir(root, { recursive: true, mode: 0o700 });
  try {
    const commit = await askForCommit(place, { ...options, root });
    const there = await find(root, commit);
    if (there !== undefined) return there;
    return await fetchNew(place, { ...options, root });
  } catch (error) {
    if (error instanceof DriftwardError) throw error;
    throw unavailable(place, error);
  }
}

function unavailable({ branch }: GitPlace, error: unknown): DriftwardError {
  const said = error instanceof Error ? error.message : String(error);
  return new DriftwardError(
    "SourceUnavailable",
    `expected branch ${branch} of the policies' repository, got: ${said}`,
    {
      hint: "look at policies in driftward.yaml, and whether git can reach it; the revisions in force stay",
      cause: error,
    },
  );
}

async function askForCommit(place: GitPlace, options: SnapshotOptions): Promise<string> {
  const { root, environment, timeoutMs } = options;
  const ref = `refs/heads/${place.branch}`;
  // Outside of any repository: what the working folder's has set must not matter.
  const out = await runGit({ folder: root, environment, timeoutMs }, ["ls-remote", "--", place.url, ref]);
  const line = out
    .toString("utf8")
    .split("\n")
    .find((one) => one.endsWith(`\t${ref}`));
  const commit = line?.slice(0, line.indexOf("\t")) ?? "";
  if (commitPattern.test(commit)) return commit;
  throw new Error("there is no such branch");
}

async function find(root: string, commit: string): Promise<Snapshot | undefined> {
  const folder = join(root, commit);
  const there = await fs.stat(folder).catch(() => undefined);
  return there?.isDirectory() === true ? { folder, commit } : undefined;
}

async function fetchNew(place: GitPlace, options: SnapshotOptions): Promise<Snapshot> {
  const [deep, shallow] = depths;
  const fetched =
    (await fetchInto(place, options, deep)) ??
    (await fetchInto(place, options, shallow)) ??
    tooLarge(options.mostBytes);
  const folder = join(options.root, fetched.commit);
  await fs.rename(fetched.folder, folder).catch(async (error: unknown) => {
    // Another process was first; what it fetched is the same.
    await fs.rm(fetched.folder, { recursive: true, force: true });
    if ((await find(options.root, fetched.commit)) === undefined) throw error;
  });
  await removeOld(options.root, fetched.commit);
  return { folder, commit: fetched.commit };
}

function tooLarge(mostBytes: number): never {
  throw new Error(`the repository is larger than ${Math.round(mostBytes / 1_048_576)} MiB`);
}

/** Fetches into a new folder; undefined when it became too large. */
async function fetchInto(place: GitPlace, options: SnapshotOptions, depth: number): Promise<Snapshot | undefined> {
  const { root, environment, timeoutMs, mostBytes } = options;
  const folder = join(root, `fetching-${randomBytes(6).toString("hex")}`);
  await fs.mkdir(folder, { mode: 0o700 });
  const guard = watchSize(folder, mostBytes);
  const git = { folder, environment };
  try {
    await runGit(git, ["init", "--quiet", "--bare", "--template=", "."]);
    const what = ["--quiet", `--depth=${depth}`, "--no-tags", "--no-recurse-submodules"];
    const refs = `+refs/heads/${place.branch}:${branchRef}`;
    await runGit({ ...git, timeoutMs, signal: guard.signal }, ["fetch", ...what, "--", place.url, refs]);
    if (await guard.isTooLarge()) throw new Error("too large");
    const commit = (await runGit(git, ["rev-parse", "--verify", `${branchRef}^{commit}`])).toString("utf8").trim();
    return { folder, commit };
  } catch (error) {
    const large = await guard.isTooLarge();
    await fs.rm(folder, { recursive: true, force: true });
    if (large) return undefined;
    throw error;
  } finally {
    guard.stop();
  }
}

/** Aborts when a folder grows beyond a size. */
function watchSize(folder: string, mostBytes: number) {
  const controller = new AbortController();
  let large = false;
  const look = async () => {
    large ||= (await sizeOf(folder)) > mostBytes;
    if (large) controller.abort("too large");
  };
  const timer = setInterval(() => void look(), 200);
  return {
    signal: controller.signal,
    isTooLarge: async () => {
      await look();
      return large;
    },
    stop: () => clearInterval(timer),
  };
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  const sizes = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sizeOf(path);
    return fs.lstat(path).then(
      ({ size }) => size,
      () => 0,
    );
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Removes older snapshots and fetches that died; nobody reads them any more after an hour. */
async function removeOld(root: string, current: string): Promise<void> {
  for (const name of await fs.readdir(root)) {
    if (name === current) continue;
    const path = join(root, name);
    const { mtimeMs } = await fs.stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > staleMs) await fs.rm(path, { recursive: true, force: true });
  }
}
