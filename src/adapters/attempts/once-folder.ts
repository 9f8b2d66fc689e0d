import { randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { DriftwardError } from "../../core/errors.ts";

/**
 * The folder of one attempt, shared by every process that has to do with it. Files in it appear whole and once: the
 * first who writes one is right, which makes each a small compare-and-set.
 */
export class OnceFolder {
  readonly path: string;

  /** @throws InvalidInput when the key cannot name a folder */
  constructor(root: string, key: string) {
    if (!isAttemptKey(key))
      throw new DriftwardError(
        "InvalidInput",
        `expected letters, digits, ".", "_" and "-" in an attempt's key, got "${key}"`,
      );
    this.path = join(root, key);
  }

  async make(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }

  has(name: string): Promise<boolean> {
    return exists(join(this.path, name));
  }

  /** A hard link appears with its content or not at all, and never replaces: what O_EXCL cannot give. */
  async writeOnce(name: string, value: unknown): Promise<boolean> {
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

  /** @throws InvalidData when the file is not one that Driftward wrote */
  async read<Value>(name: string, schema: z.ZodType<Value>): Promise<Value | undefined> {
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

/** Whether a text can be an attempt's key, and so the name of its folder. */
export function isAttemptKey(key: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/.test(key);
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
