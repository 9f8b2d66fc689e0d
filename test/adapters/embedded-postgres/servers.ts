import { chmod, chown, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "@jest/globals";
import pg from "pg";
import {
  type EmbeddedConnection,
  type EmbeddedPostgres,
  openEmbeddedPostgres,
} from "../../../src/adapters/embedded-postgres/open-embedded-postgres.ts";
import { type Child, startChild } from "../../support/child.ts";
import { silentLogger } from "../../support/open-test-postgres.ts";

export interface MemberArgument {
  readonly dataDirectory: string;
  readonly sharedFolder?: string;
  readonly startWithinMs?: number;
  /** Takes the place of the system's temporary folder. */
  readonly temporary?: string;
}

/** Tests about several users need the rights to be any of them. */
export const testAsRoot: (name: string, work: () => Promise<void>) => void =
  process.getuid?.() === 0 ? test : test.skip;

/** An account that no system has. */
export const stranger = { uid: 54_321, gid: 54_321 };

const made: string[] = [];
const opened: EmbeddedPostgres[] = [];
const children: Child[] = [];

/** A fresh folder; others may pass through it unless `mode` says otherwise. Short, for the sake of socket paths. */
export async function makeFolder(mode = 0o755, owner?: { uid: number; gid: number }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dw-"));
  await chmod(folder, mode);
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
  made.push(folder);
  return folder;
}

/** Opens in this process; released after the test if the test did not. */
export async function open(
  dataDirectory: string,
  more: Pick<MemberArgument, "sharedFolder" | "startWithinMs"> = {},
): Promise<EmbeddedPostgres> {
  const server = await openEmbeddedPostgres({ ...more, dataDirectory, logger: silentLogger });
  opened.push(server);
  return server;
}

/** Opens in a process of its own. */
export function startMember(argument: MemberArgument, user: { uid?: number; gid?: number } = {}): Child {
  const child = startChild(new URL("./member.ts", import.meta.url), argument, user);
  children.push(child);
  return child;
}

/** What a member said after the word: `up` or `failed`. */
export async function saidBy(child: Child, word: "up" | "failed") {
  const line = await child.line(" {", 60_000);
  if (!line.startsWith(`${word} `)) throw new Error(`expected "${word}", got: ${line}`);
  return JSON.parse(line.slice(word.length + 1)) as {
    readonly connection: EmbeddedConnection;
    readonly dataFolder: string;
    readonly code: string;
    readonly message: string;
    readonly hint: string;
  };
}

export async function query(connection: pg.ClientConfig, text: string): Promise<Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client(connection);
  client.on("error", () => undefined);
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(text);
    return Array.isArray(result) ? [] : result.rows;
  } finally {
    await client.end();
  }
}

/** The process number in the server's lock file; undefined when no server ran or the last one stopped in good order. */
export async function serverPid(dataFolder: string): Promise<number | undefined> {
  const text = await readFile(join(dataFolder, "postmaster.pid"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text.split("\n")[0]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Stops what a test left running. */
export async function stopAll(): Promise<void> {
  for (const child of children.splice(0)) await child.kill();
  for (const server of opened.splice(0)) {
    await server.release();
    const pid = await serverPid(server.dataFolder);
    if (pid !== undefined && isAlive(pid)) process.kill(pid, "SIGQUIT");
  }
}

/** Removes the folders that the tests of a file made. */
export async function removeFolders(): Promise<void> {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
