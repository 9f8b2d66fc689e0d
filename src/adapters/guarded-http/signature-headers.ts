import { createHmac } from "node:crypto";
import { DriftwardError } from "../../core/errors.ts";

/**
 * Headers by which a receiver knows that a body came from Driftward, and when (standardwebhooks.com): an HMAC-SHA256
 * over id, time and body.
 *
 * @param secret  `whsec_` and base64, as the specification has it; any other text is taken as it is
 * @throws DeliveryFailed when nothing follows `whsec_`: everyone knows an empty key
 */
export function signatureHeaders(
  secret: string,
  { id, body, at }: { readonly id: string; readonly body: string; readonly at: Date },
): Readonly<Record<string, string>> {
  const key = keyOf(secret);
  if (key.length === 0)
    throw new DriftwardError("DeliveryFailed", "expected a signing secret, got one without a key", {
      hint: "set whsec_ and the key in base64, or any other text",
    });
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

/** Whether there is a key in a secret, so that it may sign. */
export function canSign(secret: string): boolean {
  return keyOf(secret).length > 0;
}

function keyOf(secret: string): Buffer {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
}
