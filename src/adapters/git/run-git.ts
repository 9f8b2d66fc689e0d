import { type ChildProcess, spawn } from "node:child_process";

export interface GitOptions {
  /** The repository: a working folder or a bare one. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Wall time after which the program is ended; 10 s when absent. */
  readonly timeoutMs?: number;
  /** What it may print; 4 MiB when absent. */
  readonly maxBytes?: number;
  /** Ends the program; its reason is the message of the error. */
  readonly signal?: AbortSignal;
  readonly input?: string;
}

/** What the program finds its home, its keys and its way out by; nothing else of the environment reaches it. */
const handedOn =
  /^(HOME|PATH|USER|LOGNAME|TMPDIR|TEMP|SYSTEMROOT|XDG_CONFIG_HOME|SSH_AUTH_SOCK|GIT_SSH|GIT_SSH_COMMAND|GIT_ASKPASS|GIT_SSL_.*|GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|SSL_CERT_.*|(HTTPS?|NO|ALL)_PROXY)$/i;

/**
 * Above what the user and the system have set: a repository starts no program, and nothing is fetched but over https,
 * ssh and from files.
 */
const settings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "protocol.allow=never",
  "protocol.https.allow=always",
  "protocol.ssh.allow=always",
  "protocol.file.allow=always",
  "protocol.ext.allow=never",
  "submodule.recurse=false",
  "fetch.recurseSubmodules=false",
  "log.showSignature=false",
  "gc.auto=0",
  "maintenance.auto=false",
].flatMap((one) => ["-c", one]);

function environmentOf(environment: GitOptions["environment"]): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (one): one is [string, string] => one[1] !== undefined && handedOn.test(one[0]),
  );
  return {
    ...Object.fromEntries(kept),
    GIT_ALLOW_PROTOCOL: "https:ssh:file",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_NO_LAZY_FETCH: "1",
    LC_ALL: "C",
  };
}

/**
 * Runs the git program on a repository and gives what it printed. It has no terminal to ask at, runs no hook, and sees
 * only the part of the environment that it needs. When it takes too long or prints too much it is ended with all that it
 * started.
 *
 * @throws Error with git's own words as its message
 */
export async function runGit(options: GitOptions, args: readonly string[]): Promise<Buffer> {
  const flags = ["--no-pager", "--no-replace-objects", "-C", options.folder, ...settings];
  const child = spawn("git", [...flags, ...args], {
    env: environmentOf(options.environment),
    stdio: ["pipe", "pipe", "pipe"],
    // A session of its own: no terminal for ssh to ask at, and one group to end.
    detached: true,
    windowsHide: true,
  });
  const { timeoutMs = 10_000, maxBytes = 4_194_304, signal } = options;
  let ended: string | undefined;
  const end = (why: string) => {
    ended ??= why;
    endGroup(child);
  };
  const onAbort = () => end(String(signal?.reason));
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort);
  const timer = setTimeout(() => end(`git ${args[0]} did not end within ${timeoutMs / 1_000} s`), timeoutMs);
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  try {
    const tooMuch = () => end(`git ${args[0]} printed more than ${maxBytes} bytes`);
    const [code, out, said] = await Promise.all([
      new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve)),
      collect(child.stdout, maxBytes, tooMuch),
      collect(child.stderr, maxBytes, tooMuch),
    ]);
    if (ended === undefined && code === 0) return out;
    throw new Error(ended ?? lastWords(said.toString("utf8"), `git ${args[0]} ended with ${code}`));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}

async function collect(stream: NodeJS.ReadableStream, most: number, tooMuch: () => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > most) tooMuch();
    else chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

/** What git complained of, without the secrets of addresses that it repeats. */
function lastWords(said: string, otherwise: string): string {
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  const words = lines.find((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? otherwise;
  return words.replaceAll(/:\/\/[^/@\s]*@/g, "://***@").slice(0, 300);
}
