import { createHash } from "node:crypto";
import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { DriftwardError } from "../../core/errors.ts";

/** A file that stays open while it is read again and again, so that one put in its place meanwhile is not met. */
export interface OpenFile {
  readonly name: string;
  readonly size: number;
  chunks(): AsyncIterable<Uint8Array>;
  read(start: number, end: number): Promise<Uint8Array>;
  digest(): Promise<string>;
  verify(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @throws NotFound when there is no such file
 * @throws InvalidData when it is empty or no regular file, or may not be read
 */
export async function openFile(path: string): Promise<OpenFile> {
  // A pipe would be waited for until somebody writes to it.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw cannotOpen(path, cause);
  });
  try {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile())
      throw invalid(path, "expected a file, got something else", "name a file: no folder, pipe or device");
    if (before.size === 0n) throw invalid(path, "the file is empty", "a file without rows still names its columns");
    return opened(path, handle, before);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export function invalid(file: string, what: string, hint: string, line?: number): DriftwardError {
  const place = line === undefined ? { file } : { file, line };
  return new DriftwardError("InvalidData", `${file}: ${what}`, { hint, place });
}

function opened(name: string, handle: FileHandle, before: BigIntStats): OpenFile {
  const chunks = (): AsyncIterable<Uint8Array> =>
    handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 18 });
  return {
    name,
    size: Number(before.size),
    chunks,
    read: async (start, end) => {
      const bytes = new Uint8Array(end - start);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) throw invalid(name, "the file ended early", "write it again and send it again");
        at += bytesRead;
      }
      return bytes;
    },
    digest: async () => {
      const hash = createHash("sha256");
      for await (const chunk of chunks()) hash.update(chunk);
      return hash.digest("hex");
    },
    verify: async () => {
      const now = await handle.stat({ bigint: true });
      if (now.size !== before.size || now.mtimeNs !== before.mtimeNs)
        throw invalid(name, "the file changed while it was read", "send it again when it is complete");
    },
    close: () => handle.close(),
  };
}

function cannotOpen(path: string, cause: unknown): DriftwardError {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR")
    return new DriftwardError("NotFound", `expected a file ${path}, got none`, { cause });
  return new DriftwardError("InvalidData", `${path}: cannot be opened (${code || String(cause)})`, {
    hint: "see whether this user may read it",
    place: { file: path },
    cause,
  });
}
