import { DriftwardError } from "./errors.ts";

/** What a person does about each; other errors of the operating system are for whoever called to tell. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: "free disk space, then try again",
  EDQUOT: "free disk space or raise the user's quota, then try again",
  EROFS: "make the file system writable, or set `data` in driftward.yaml to a folder that is",
  EACCES: "run Driftward as the owner of what is named, or set `data` in driftward.yaml to a folder of your own",
  EPERM: "run Driftward as the owner of what is named, or set `data` in driftward.yaml to a folder of your own",
  EMFILE: "raise the limit of open files (ulimit -n), then try again",
  ENFILE: "close other programs' files or raise the system's limit, then try again",
  EIO: "look after the disk (the system's log says more), then try again",
};

/**
 * A full, read-only, failing or foreign disk as an error that a person can mend; undefined for any other error.
 *
 * @param error  as the operating system gives it: with `code` and `syscall`
 */
export function diskError(error: unknown): DriftwardError | undefined {
  if (typeof error !== "object" || error === null || !("code" in error && "syscall" in error && "message" in error))
    return undefined;
  const hint = remedies[String(error.code)];
  if (hint === undefined) return undefined;
  const message = `expected to use the disk, got "${String(error.message)}"`;
  return new DriftwardError("StateUnavailable", message, { hint, cause: error });
}
