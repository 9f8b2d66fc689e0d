import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import type { Checkpoints } from "../../ports/checkpoints.ts";

/**
 * A private key and a file of checkpoints, each where it is told. The key is made when it is first needed, for its
 * owner's eyes only; of several processes that make one, one wins.
 */
export function checkpointFile(paths: { readonly key: string; readonly file: string }): Checkpoints {
  return {
    file: paths.file,
    async key() {
      const pem = await readText(paths.key);
      return pem === undefined ? undefined : rawKey(readKey(pem, paths.key));
    },
    async signer() {
      const pem = (await readText(paths.key)) ?? (await makeKey(paths.key));
      const key = readKey(pem, paths.key);
      return {
        key: rawKey(key),
        sign: (text) => sign(undefined, Buffer.from(text, "utf8"), key).toString("base64url"),
      };
    },
    async append(line) {
      await mkdir(dirname(paths.file), { recursive: true });
      const handle = await open(paths.file, "a", 0o644);
      try {
        await handle.appendFile(`${line}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    read: async () => (await readText(paths.file)) ?? "",
  };
}

function rawKey(key: KeyObject): string {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  if (x === undefined) throw new Error("an Ed25519 key without x");
  return x;
}

function readKey(pem: string, path: string): KeyObject {
  const hint = "restore the file; a new key is made only where there is none";
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
    throw new TypeError(`it is of kind ${key.asymmetricKeyType}`);
  } catch (cause) {
    const message = `expected an Ed25519 private key in PEM at ${path}: ${(cause as Error).message}`;
    throw new DriftwardError("InvalidConfig", message, { hint, cause });
  }
}

/** Makes a key unless somebody was quicker, and returns the one that is there. */
async function makeKey(path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const aside = `${path}.${randomUUID()}.new`;
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(aside, "wx", 0o600);
  try {
    await handle.writeFile(privateKey.export({ format: "pem", type: "pkcs8" }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(aside, { force: true });
  }
  return readFile(path, "utf8");
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new DriftwardError("InvalidConfig", `expected to read ${path}: ${error.message}`, { cause: error });
  });
}
