import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import { DriftwardError } from "../errors.ts";
import { canonicalJson } from "./canonical-json.ts";

const schemaName = "driftward/checkpoint/v1";

/** Where the trail stood at an instant, in words that can be signed and kept where its owner cannot write. */
export interface CheckpointText {
  /** The instance's own id: trails of two instances never pass for one another. */
  readonly instance: string;
  readonly seq: number;
  readonly hash: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** A checkpoint with the instance's Ed25519 signature. Key and signature are base64url of their raw bytes. */
export interface Checkpoint extends CheckpointText {
  readonly schema: typeof schemaName;
  readonly key: string;
  readonly signature: string;
}

export const checkpointSchema = z.strictObject({
  schema: z.literal(schemaName),
  instance: z.string(),
  seq: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  key: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});

/** The bytes that are signed: canonical JSON of everything but the signature. */
function signedText(text: CheckpointText, key: string): string {
  const { instance, seq, hash, at } = text;
  return canonicalJson({ schema: schemaName, instance, seq, hash, at, key });
}

/**
 * Makes a checkpoint.
 *
 * @param sign  gives the Ed25519 signature of a text's UTF-8 bytes, as base64url
 */
export function makeCheckpoint(text: CheckpointText, key: string, sign: (text: string) => string): Checkpoint {
  const { instance, seq, hash, at } = text;
  return { schema: schemaName, instance, seq, hash, at, key, signature: sign(signedText(text, key)) };
}

/** One line of a checkpoint file. */
export function checkpointLine(checkpoint: Checkpoint): string {
  return canonicalJson(checkpoint);
}

/** Whether the key that a checkpoint names did sign it. */
export function isSigned(checkpoint: Checkpoint): boolean {
  return verifySignature(checkpoint.key, signedText(checkpoint, checkpoint.key), checkpoint.signature);
}

/** Whether a raw Ed25519 public key signed a text; all base64url. False for a key that is none. */
export function verifySignature(key: string, text: string, signature: string): boolean {
  // Decoders pass over what is no base64url: one signature has one spelling.
  const bytes = Buffer.from(signature, "base64url");
  if (bytes.toString("base64url") !== signature) return false;
  try {
    const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: key }, format: "jwk" });
    return verify(undefined, Buffer.from(text, "utf8"), publicKey, bytes);
  } catch {
    return false;
  }
}

/**
 * The checkpoints of a file: one line each, or a mail that has them in it.
 *
 * @throws InvalidData when a line is a checkpoint that is damaged, or there is none
 */
export function parseCheckpoints(content: string, file: string): readonly Checkpoint[] {
  const lines = plainLines(content);
  const found = lines.flatMap((line, index) => {
    // The same stands in the HTML of a mail, with its quotes escaped.
    const [, text] = /^[\s>]*(\{".*)$/.exec(line) ?? [];
    if (text === undefined || !text.includes(schemaName)) return [];
    const parsed = checkpointSchema.safeParse(readJson(text));
    if (parsed.success) return [parsed.data];
    const problem = parsed.error.issues[0];
    throw new DriftwardError(
      "InvalidData",
      `expected a checkpoint, got one that is damaged: ${problem?.path.join(".") || "it"} ${problem?.message}`,
      { place: { file, line: index + 1 }, hint: "use the line as it was mailed or written" },
    );
  });
  if (found.length > 0) return found;
  throw new DriftwardError("InvalidData", `${file}: expected checkpoints, found none`, {
    place: { file },
    hint: "driftward writes them daily to checkpoints.ndjson under the data directory",
  });
}

/** Lines of a file; those of a mail as they were before it was made fit for travelling (RFC 2045, section 6.7). */
function plainLines(content: string): readonly string[] {
  const whole = content.replace(/=\r?\n/g, "");
  const isMail = /^content-transfer-encoding:\s*quoted-printable/im.test(content);
  const decoded = isMail
    ? whole.replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : whole;
  return decoded.split(/\r?\n/);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A public key as people pass it on: `ed25519:` and base64url of its 32 bytes. */
export function keyText(key: string): string {
  return `ed25519:${key}`;
}

/**
 * Reads a public key as `driftward audit key` prints it.
 *
 * @throws InvalidInput when it is none
 */
export function parseKey(text: string): string {
  const [, key] = /^\s*(?:ed25519:)?([A-Za-z0-9_-]{43})\s*$/.exec(text) ?? [];
  if (key !== undefined) return key;
  throw new DriftwardError(
    "InvalidInput",
    "expected a public key such as ed25519:… of `driftward audit key`, got another",
  );
}
