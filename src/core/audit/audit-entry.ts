import type { Actor } from "../actor.ts";

/** One entry of the audit trail, as it is hashed. */
export interface AuditEntry {
  /** Counts from 1 without a gap. */
  readonly seq: number;
  readonly actor: Actor;
  readonly at: Date;
  readonly kind: string;
  readonly subject: string;
  /** Canonical JSON, kept as text: what was hashed has to come back byte for byte. */
  readonly payload: string;
}

/** An entry with its place in the chain; hashes are lower-case hex of sha256. */
export interface ChainedEntry extends AuditEntry {
  /** The hash of the entry before; '' for the first. */
  readonly previousHash: string;
  readonly hash: string;
}

/** Where a chain stands; `{ seq: 0, hash: "" }` is the empty one. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

export const emptyChain: ChainHead = { seq: 0, hash: "" };
