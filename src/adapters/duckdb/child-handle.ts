import { type ChildProcess, fork } from "node:child_process";
import { DriftwardError } from "../../core/errors.ts";
import { childEntry } from "../child-entry.ts";
import type { Method, Reply, Request } from "./messages.ts";
import type { SessionOptions } from "./session.ts";

/** One child process, asked one thing at a time. */
export interface ChildHandle {
  /**
   * @returns what the child answers and the memory it holds then, in bytes
   * @throws EngineFailed when the child dies or does not answer in time; it is dead then
   */
  ask(
    method: Method,
    request: unknown,
    timeoutMs: number,
  ): Promise<{ readonly value: unknown; readonly memory: number }>;
  readonly alive: () => boolean;
  /** Kills it; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Bytes of the child's last words that an error repeats. */
const LAST_WORDS = 2_000;

export function startChild(options: SessionOptions): ChildHandle {
  const child = fork(childEntry(new URL("./child.ts", import.meta.url)), [JSON.stringify(options)], {
    serialization: "advanced",
    // No secret of the parent's environment is within reach of a file that finds a hole in DuckDB.
    // One thread that fetches: each has memory of its own that it keeps.
    env: { TZ: "UTC", UV_THREADPOOL_SIZE: "1" },
    // Streams let go of memory themselves, see `streamVectors`.
    execArgv: ["--expose-gc", "--max-semi-space-size=1"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let words = "";
  let gone = false;
  let id = 0;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  const exited = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.once("error", (error) => resolve(error.message));
  }).then((how) => {
    gone = true;
    return how;
  });
  holdParent(child, false);
  return {
    alive: () => !gone && child.connected,
    async kill() {
      holdParent(child, true);
      child.kill("SIGKILL");
      await exited;
    },
    async ask(method, request, timeoutMs) {
      id += 1;
      holdParent(child, true);
      const timer = new AbortController();
      try {
        const reply = await Promise.race([
          roundTrip(child, { id, method, request }),
          exited.then(
            (how) => new DriftwardError("EngineFailed", `expected an answer to ${method}, got ${how} ${words}`.trim()),
          ),
          timeout(timeoutMs, timer.signal),
        ]);
        if (reply === undefined) {
          child.kill("SIGKILL");
          await exited;
          throw new DriftwardError("EngineFailed", `expected an answer to ${method} within ${timeoutMs} ms, got none`, {
            hint: "read fewer rows at once, or raise the time limit",
          });
        }
        return unwrap(reply);
      } finally {
        timer.abort();
        holdParent(child, false);
      }
    },
  };
}

/** While nothing is asked, the child does not keep its parent from ending. */
function holdParent(child: ChildProcess, hold: boolean): void {
  const streams = [child, child.channel, child.stderr as unknown as { ref?(): void; unref?(): void } | null];
  for (const stream of streams)
    if (hold) stream?.ref?.();
    else stream?.unref?.();
}

function roundTrip(child: ChildProcess, request: Request): Promise<Reply> {
  return new Promise((resolve) => {
    const take = (reply: Reply): void => {
      if (reply.id !== request.id) return;
      child.off("message", take);
      resolve(reply);
    };
    child.on("message", take);
    // Where it cannot be sent, the child is dying and its exit ends the wait.
    child.send(request, () => {});
  });
}

function timeout(milliseconds: number, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
}

function unwrap(reply: Reply | DriftwardError): { readonly value: unknown; readonly memory: number } {
  if (reply instanceof DriftwardError) throw reply;
  if ("value" in reply) return reply;
  const { code, message, hint } = reply.error;
  throw new DriftwardError(code, message, hint === undefined ? {} : { hint });
}
