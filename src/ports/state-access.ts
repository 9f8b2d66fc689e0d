import type { Actor } from "../core/actor.ts";
import type { Role } from "../core/identity/role.ts";

/** Who may ask, and what; its secret is not kept. */
export interface TokenRow {
  readonly id: string;
  /** Unique for ever: it stands on records. */
  readonly name: string;
  readonly role: Role;
  /** The models it is limited to; all when undefined. */
  readonly models: readonly string[] | undefined;
  /** sha256 of its secret, in hex. */
  readonly hash: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly revokedAt: Date | undefined;
  readonly revokedBy: string | undefined;
  /** When it was last used, to within ten minutes. */
  readonly usedAt: Date | undefined;
}

/** One word for a candidate. */
export interface ApprovalRow {
  readonly runId: string;
  readonly actorKind: Actor["kind"];
  readonly actorId: string;
  readonly reason: string;
  readonly at: Date;
}

export interface TokenReads {
  /** Oldest first. */
  list(): Promise<readonly TokenRow[]>;
  find(name: string): Promise<TokenRow | undefined>;
  ofHash(hash: string): Promise<TokenRow | undefined>;
}

export interface TokenWrites {
  /** False when the name is taken. */
  insert(row: TokenRow): Promise<boolean>;
  /** False when it was revoked before. */
  revoke(id: string, by: string, at: Date): Promise<boolean>;
  /** Notes that it was used. */
  touch(id: string, at: Date): Promise<void>;
}

export interface ApprovalReads {
  /** Words for the candidate of a run, in the order they were given. */
  ofRun(runId: string): Promise<readonly ApprovalRow[]>;
}

export interface ApprovalWrites {
  /** False when this actor has given its word for the run already. */
  insert(row: ApprovalRow): Promise<boolean>;
}
