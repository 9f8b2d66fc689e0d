import { createHash } from "node:crypto";
import type { AuditEntry, ChainHead } from "./audit-entry.ts";
import { canonicalJson } from "./canonical-json.ts";

/**
 * Hash of an entry that follows `previousHash`: sha256 over the canonical JSON of the list [previous hash, seq, actor's
 * kind, actor's id, time in ISO 8601 UTC with milliseconds, kind, subject, payload], as lower-case hex.
 */
export function hashEntry(previousHash: string, entry: AuditEntry): string {
  const { seq, actor, at, kind, subject, payload } = entry;
  const parts = [previousHash, seq, actor.kind, actor.id, at.toISOString(), kind, subject, payload];
  return createHash("sha256").update(canonicalJson(parts)).digest("hex");
}

/** The entry that follows a chain's head, with its hashes. */
export function chainEntry<Entry extends AuditEntry>(
  head: ChainHead,
  entry: Entry,
): Entry & { readonly previousHash: string; readonly hash: string } {
  return { ...entry, previousHash: head.hash, hash: hashEntry(head.hash, entry) };
}
