import { createHash, randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";
import type { TransferKind } from "../../ports/transfers.ts";
import { EndingFolder } from "../attempts/ending-folder.ts";

/*
 * What is known of an attempt that another system runs:
 *
 *   spec.json         what it is and until when; the first who writes it is right
 *   token-HASH.json   a one-time URL that was given out: its kind, and the delivery it was part of
 *   spent-HASH        it was used
 *   deliverer.json    the delivery whose URLs were used first: no other's are taken from then on
 *   accepted.json     the other system said that it has the training
 *   cancel            somebody asked for the end
 *   result.json       how it ended; the first who writes it is right
 *   out.log           the end of what it printed
 */

const specSchema = z.object({
  runId: z.string(),
  attempt: z.int(),
  startedAt: z.iso.datetime(),
  deadline: z.iso.datetime(),
  files: z.object({ training: z.string(), evaluation: z.string(), output: z.string() }),
  /** Header to the name of the environment variable that holds its value. */
  headers: z.record(z.string(), z.string()),
  secret: z.string().optional(),
  statusUrl: z.string().optional(),
  statusField: z.string(),
  cancelUrl: z.string().optional(),
});
export type WebhookSpec = z.infer<typeof specSchema>;

const tokenSchema = z.object({ kind: z.string(), delivery: z.string() });
const delivererSchema = z.object({ delivery: z.string() });

/** A token that was given out, and whether it was used. */
export interface KnownToken extends z.infer<typeof tokenSchema> {
  readonly spent: boolean;
}

/** The files of one attempt that another system runs. Tokens are kept as hashes: what is here opens nothing. */
export class WebhookFolder extends EndingFolder {
  writeSpec(spec: WebhookSpec): Promise<boolean> {
    return this.writeOnce("spec.json", spec);
  }

  readSpec(): Promise<WebhookSpec | undefined> {
    return this.read("spec.json", specSchema);
  }

  /** A token of 256 random bits for each kind, all of one delivery; they are nowhere to be read later. */
  async giveTokens<Kind extends TransferKind>(kinds: readonly Kind[]): Promise<Readonly<Record<Kind, string>>> {
    const delivery = randomUUID();
    const tokens = kinds.map((kind) => [kind, randomBytes(32).toString("base64url")] as const);
    for (const [kind, token] of tokens) await this.writeOnce(`token-${hashOf(token)}.json`, { kind, delivery });
    return Object.fromEntries(tokens) as Record<Kind, string>;
  }

  async findToken(token: string): Promise<KnownToken | undefined> {
    const known = await this.read(`token-${hashOf(token)}.json`, tokenSchema);
    return known && { ...known, spent: await this.has(`spent-${hashOf(token)}`) };
  }

  /** False when it was spent before. */
  spendToken(token: string): Promise<boolean> {
    return this.writeOnce(`spent-${hashOf(token)}`, {});
  }

  /** Whether this delivery's URLs are the ones that count: those of the first that brings or tells anything. */
  async isDeliverer(delivery: string): Promise<boolean> {
    await this.writeOnce("deliverer.json", { delivery });
    return (await this.read("deliverer.json", delivererSchema))?.delivery === delivery;
  }

  noteAccepted(): Promise<boolean> {
    return this.writeOnce("accepted.json", {});
  }

  wasAccepted(): Promise<boolean> {
    return this.has("accepted.json");
  }
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
