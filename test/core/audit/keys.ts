import { generateKeyPairSync, sign } from "node:crypto";
import type { ChainHead } from "../../../src/core/audit/audit-entry.ts";
import { type Checkpoint, makeCheckpoint } from "../../../src/core/audit/checkpoint.ts";

/** A fresh key that makes checkpoints. */
export function makeKey(instance = "here"): {
  readonly key: string;
  readonly checkpoint: (head: ChainHead, at?: string) => Checkpoint;
} {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ format: "jwk" }).x ?? "";
  const signer = (text: string) => sign(undefined, Buffer.from(text), privateKey).toString("base64url");
  return {
    key,
    checkpoint: ({ seq, hash }, at = "2026-01-02T00:00:00.000Z") =>
      makeCheckpoint({ instance, seq, hash, at }, key, signer),
  };
}
