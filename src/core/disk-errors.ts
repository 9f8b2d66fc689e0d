import { DriftwardError } from "./errors.ts";

/** What a person does about each; other errors of the operating system are for whoever called to tell. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: "free disk space, then try again",
  EDQUOT: "free disk space or raise the user's quota, then try again",
  EROFS: "make the file system writable",
  EACCES: "run Driftward as the owner of what is named",
  EPERM: "run Driftward as the owner of what is named",
  EMFILE: "raise the limit of open files (ulimit -n), then try again",
  ENFILE: "close other programs' files or raise the system's limit, then try again",
  EIO: "look after the disk (the system's log says more), then try again",
};

const elsewhere: Readonly<Record<string, string>> = {
  EROFS: ", or set `data` in driftward.yaml to a folder that is",
  EACCES: ", or set `data` in driftward.yaml to a folder of your own",
  EPERM: ", or set `data` in driftward.yaml to a folder of your own",
};

/** What Node calls the work on files; programs, sockets and names of hosts fail with the same codes. */
const ofFiles =
  /^(access|open|opendir|scandir|read|write|close|fsync|fdatasync|f?truncate|mkdir|mkdtemp|rmdir|rm|unlink|rename|link|symlink|readlink|realpath|copyfile|cp|sendfile|[fl]?stat|statfs|[fl]?chmod|[fl]?chown|[fl]?utimes?)$/;

/**
 * A full, read-only, failing or foreign disk as an error that a person can mend; undefined for any other error.
 *
 * @param error  as the operating system gives it: with `code` and `syscall`
 * @param isOfData  whether a path is in the data directory: only then another one is a mend
 */
export function diskError(error: unknown, isOfData: (path: string) => boolean): DriftwardError | undefined {
  if (typeof error !== "object" || error === null || !("code" in error && "syscall" in error && "message" in error))
    return undefined;
  const code = String(error.code);
  const remedy = remedies[code];
  if (remedy === undefined || !ofFiles.test(String(error.syscall))) return undefined;
  const path = "path" in error && typeof error.path === "string" ? error.path : undefined;
  const hint = path === undefined || isOfData(path) ? `${remedy}${elsewhere[code] ?? ""}` : remedy;
  const message = `expected to use the disk, got "${String(error.message)}"`;
  return new DriftwardError("StateUnavailable", message, { hint, cause: error });
}
