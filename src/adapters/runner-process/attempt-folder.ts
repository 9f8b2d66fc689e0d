import { randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DriftwardError } from "../../core/errors.ts";

/*
 * One folder an attempt, and files in it that each appear whole and once:
 *
 *   spec.json     what to run; the first who writes it is right
 *   lock          the supervisor that has the attempt; there is never a second
 *   running.json  the program, once it runs
 *   cancel        somebody asked for the end
 *   result.json   how it ended; the first who writes it is right
 *   out.log       what the program printed
 *   heartbeat     touched by the supervisor, for those who cannot see its process
 *   supervisor.log  what the supervisor itself complained about
 */

const processSchema = z.object({
  pid: z.int().positive(),
  /** Tells a process from a later one with the same pid. */
  identity: z.string(),
  /** Where its pid means something: one boot of one machine, one container. */
  place: z.string(),
  at: z.iso.datetime(),
});

/** A process that can be recognised later, by a program that did not start it. */
export type KnownProcess = z.infer<typeof processSchema>;

const specSchema = z.object({
  key: z.string(),
  command: z.array(z.string()).min(1),
  environment: z.record(z.string(), z.string()),
  inherit: z.array(z.string()),
  folder: z.string(),
  timeoutMs: z.number().positive(),
  graceMs: z.number().nonnegative(),
  marker: z.string(),
});

export type Spec = z.infer<typeof specSchema>;

const resultSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("succeeded") }),
  z.object({ state: z.literal("failed"), exitCode: z.int().optional(), message: z.string() }),
  z.object({ state: z.literal("timed out") }),
  z.object({ state: z.literal("cancelled") }),
  z.object({ state: z.literal("lost"), message: z.string() }),
]);

/** How an attempt ended. */
export type Result = z.infer<typeof resultSchema>;

/** The files of one attempt; every write is whole and on disk before it can be seen. */
export class AttemptFolder {
  readonly path: string;

  /** @throws InvalidInput when the key cannot name a folder */
  constructor(root: string, key: string) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/.test(key))
      throw new DriftwardError(
        "InvalidInput",
        `expected letters, digits, ".", "_" and "-" in an attempt's key, got "${key}"`,
      );
    this.path = join(root, key);
  }

  file(name: "out.log" | "supervisor.log" | "heartbeat"): string {
    return join(this.path, name);
  }

  async make(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }

  /** False when a spec was there already: that one counts. */
  writeSpec(spec: Spec): Promise<boolean> {
    return this.#writeOnce("spec.json", spec);
  }

  async readSpec(): Promise<Spec | undefined> {
    return this.#read("spec.json", specSchema);
  }

  /** False when another supervisor has the attempt. */
  takeLock(owner: KnownProcess): Promise<boolean> {
    return this.#writeOnce("lock", owner);
  }

  async readLock(): Promise<KnownProcess | undefined> {
    return this.#read("lock", processSchema);
  }

  writeRunning(program: KnownProcess): Promise<boolean> {
    return this.#writeOnce("running.json", program);
  }

  async readRunning(): Promise<KnownProcess | undefined> {
    return this.#read("running.json", processSchema);
  }

  /** False when the end was told already: that one counts. */
  writeResult(result: Result): Promise<boolean> {
    return this.#writeOnce("result.json", result);
  }

  async readResult(): Promise<Result | undefined> {
    return this.#read("result.json", resultSchema);
  }

  askCancel(): Promise<boolean> {
    return this.#writeOnce("cancel", {});
  }

  isCancelAsked(): Promise<boolean> {
    return exists(join(this.path, "cancel"));
  }

  async heartbeatAge(): Promise<number> {
    const file = await stat(this.file("heartbeat")).catch(() => undefined);
    return file === undefined ? Number.POSITIVE_INFINITY : Date.now() - file.mtimeMs;
  }

  /** A hard link appears with its content or not at all, and never replaces: what O_EXCL cannot give. */
  async #writeOnce(name: string, value: unknown): Promise<boolean> {
    const target = join(this.path, name);
    const aside = `${target}.${randomUUID()}`;
    const handle = await open(aside, "wx", 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(value)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    try {
      await link(aside, target);
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      // Some shared file systems know no hard links; there a rename is the best that can be had.
      if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(error) ?? "") || (await exists(target)))
        throw error;
      await rename(aside, target);
      return true;
    } finally {
      await unlink(aside).catch(() => undefined);
      await syncFolder(this.path);
    }
  }

  async #read<Value>(name: string, schema: z.ZodType<Value>): Promise<Value | undefined> {
    const text = await readFile(join(this.path, name), "utf8").catch((error: unknown) => {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      const message = `expected a ${name} that Driftward wrote, got something else in ${this.path}`;
      throw new DriftwardError("InvalidData", message, { cause });
    }
  }
}

/** The code of an error of the operating system. It may come from another realm, so `instanceof` does not know it. */
export function codeOf(error: unknown): string | undefined {
  const has = typeof error === "object" && error !== null && "code" in error && typeof error.code === "string";
  return has ? (error.code as string) : undefined;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
