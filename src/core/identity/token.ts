import { createHash } from "node:crypto";
import { DriftwardError } from "../errors.ts";

/** Begins every token's secret, so that people and secret scanners know what they see. */
const prefix = "driftward_";

/** Bytes of randomness in a secret. */
export const secretBytes = 32;

/** A secret made of random bytes. @param random  `secretBytes` of them */
export function secretOf(random: Uint8Array): string {
  return prefix + Buffer.from(random).toString("base64url");
}

/** What is kept of a secret: its sha256 in hex. 256 random bits need no slow hash. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether a text has the form of a secret: 256 bits after the prefix. */
export function isSecret(text: string): boolean {
  return /^driftward_[A-Za-z0-9_-]{43}$/.test(text);
}

/**
 * Checks a token's name: it stands on every record of what the token did.
 *
 * @throws InvalidInput
 */
export function checkTokenName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/.test(name)) return;
  throw new DriftwardError(
    "InvalidInput",
    `expected a token's name of letters, digits, ".", "_", "@" and "-", got "${name}"`,
    {
      hint: "name who uses it, such as ada or deploy-bot",
    },
  );
}
