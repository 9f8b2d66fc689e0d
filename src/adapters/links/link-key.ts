import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { DriftwardError } from "../../core/errors.ts";

/** Bytes of a key that is made here, and characters of one that is given, at least. */
const [madeBytes, fewestCharacters] = [32, 32];

/**
 * The key that links are signed with: the text given, where several machines share it, else the file's, which is made
 * when it is not there, whole or not at all, and which only its owner may read.
 *
 * @throws InvalidConfig when the given one is too short, or others may read the file
 */
export async function readLinkKey(file: string, given: string | undefined): Promise<Buffer> {
  if (given !== undefined && given !== "") {
    if (given.length >= fewestCharacters) return Buffer.from(given, "utf8");
    throw new DriftwardError(
      "InvalidConfig",
      `expected at least ${fewestCharacters} characters in DRIFTWARD_LINK_KEY`,
      {
        hint: "openssl rand -base64 32 makes one",
      },
    );
  }
  const found = await readOwn(file);
  if (found !== undefined) return found;
  await makeKey(file);
  return (await readOwn(file)) ?? Promise.reject(new Error(`expected a key in ${file}`));
}

async function readOwn(file: string): Promise<Buffer | undefined> {
  const seen = await stat(file).catch(() => undefined);
  if (seen === undefined) return undefined;
  if (process.platform !== "win32" && (seen.mode & 0o077) !== 0)
    throw new DriftwardError("InvalidConfig", `expected ${file} to be readable by its owner alone`, {
      hint: `chmod 600 ${file}; remove it first if others may have read it: links in mails that were sent end then`,
    });
  return readFile(file);
}

async function makeKey(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = await open(aside, "wx", 0o600);
  try {
    await handle.writeFile(randomBytes(madeBytes));
    await handle.sync();
  } finally {
    await handle.close();
  }
  // Of several that make one at once, the first wins.
  await link(aside, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(aside, { force: true });
}
