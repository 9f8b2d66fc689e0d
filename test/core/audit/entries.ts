import { type AuditEntry, type ChainedEntry, emptyChain } from "../../../src/core/audit/audit-entry.ts";
import { chainEntry } from "../../../src/core/audit/hash-entry.ts";

export const entry = (seq: number): AuditEntry => ({
  seq,
  actor: { kind: "person", id: "ada" },
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, seq)),
  kind: "incident opened",
  subject: `incident ${seq}`,
  payload: `{"n":${seq}}`,
});

/** An intact trail of so many entries. */
export function makeTrail(length: number): readonly ChainedEntry[] {
  const trail: ChainedEntry[] = [];
  for (let seq = 1; seq <= length; seq += 1) trail.push(chainEntry(trail.at(-1) ?? emptyChain, entry(seq)));
  return trail;
}
