import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { pause } from "./wait-for.ts";

export interface RedisServer {
  readonly url: string;
  readonly socket: string;
  /** A connection for the test itself; closed with the server. */
  readonly client: Redis;
  /** Kills the server with -9 and starts it again on the same socket and files, after so long. */
  restart(awayMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a redis-server of its own on a unix socket, with an append-only file unless told otherwise. */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  if (spawnSync("redis-server", ["--version"]).status !== 0)
    throw new Error("this test needs the program redis-server on the PATH (Debian: apt-get install redis-server)");
  const folder = mkdtempSync(join(tmpdir(), "dw-redis-"));
  const socket = join(folder, "s");
  let server = launch(folder, socket, settings);
  const client = new Redis({ path: socket, retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on("error", () => undefined);
  await client.ping();
  return {
    url: `unix://${socket}`,
    socket,
    client,
    async restart(awayMs = 0) {
      await end(server, "SIGKILL");
      await pause(awayMs);
      server = launch(folder, socket, settings);
      await client.ping();
    },
    async stop() {
      client.disconnect();
      await end(server, "SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function launch(folder: string, socket: string, settings: Readonly<Record<string, string>>): ChildProcess {
  const all = { appendonly: "yes", save: "", "maxmemory-policy": "noeviction", ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  return spawn("redis-server", ["--port", "0", "--unixsocket", socket, "--dir", folder, ...flags], { stdio: "ignore" });
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill(signal);
  await gone;
}
