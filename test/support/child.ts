import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Child {
  readonly process: ChildProcess;
  /** What it has printed, line by line. */
  readonly lines: readonly string[];
  /** Waits for a line that contains the text; fails when the child ends or too much time passes. */
  line(text: string, limitMs?: number): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Kills it with -9 unless it has ended, and waits for its end. */
  kill(): Promise<void>;
}

/** Runs a TypeScript module of the tests as a process of its own, with one JSON argument, as another user if need be. */
export function startChild(module: URL, argument: unknown, user: { uid?: number; gid?: number } = {}): Child {
  const hook = new URL("./typescript.mjs", import.meta.url).href;
  const args = ["--import", hook, fileURLToPath(module), JSON.stringify(argument)];
  const env = { PATH: process.env.PATH };
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env, ...user });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const note = (line: string) => {
    lines.push(line);
    for (const look of waiting) look();
  };
  createInterface({ input: child.stdout }).on("line", note);
  createInterface({ input: child.stderr }).on("line", (line) => note(`stderr: ${line}`));
  const ended = once(child, "exit");
  child.once("exit", () => note("(ended)"));
  return {
    process: child,
    lines,
    signal: (signal) => child.kill(signal),
    line: (text, limitMs = 60_000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => line.includes(text));
          const over = child.exitCode !== null || child.signalCode !== null;
          if (found === undefined && !over) return;
          waiting.delete(look);
          clearTimeout(timer);
          if (found === undefined) reject(new Error(`expected a line with "${text}", got:\n${lines.join("\n")}`));
          else resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`expected a line with "${text}" within ${limitMs} ms, got:\n${lines.join("\n")}`));
        }, limitMs);
        waiting.add(look);
        look();
      }),
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    },
  };
}
