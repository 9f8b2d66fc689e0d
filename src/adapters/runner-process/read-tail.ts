import { open } from "node:fs/promises";

/** The last bytes of a file as text; a character cut in two at the front is left out. */
export async function readTail(path: string, bytes: number): Promise<string> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, bytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.toString("utf8", 0, bytesRead);
    return size > bytes ? text.replace(/^\uFFFD+/, "") : text;
  } finally {
    await handle.close();
  }
}
