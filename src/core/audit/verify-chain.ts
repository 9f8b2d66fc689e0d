import { type ChainedEntry, type ChainHead, emptyChain } from "./audit-entry.ts";
import { hashEntry } from "./hash-entry.ts";

/** What verifying found: the head after the last entry, or the first place where the chain is broken. */
export type ChainVerdict =
  | { readonly intact: true; readonly head: ChainHead }
  | { readonly intact: false; readonly seq: number; readonly problem: string };

/**
 * Walks entries in the order given and finds any change, deletion, insertion or reordering among them. A long trail is
 * verified in pieces: hand the head of one piece to the next. That the end was cut off shows only against a head kept
 * elsewhere: see `verifyCheckpoint`. O(n).
 *
 * @param entries  in the order of the trail
 * @param after    the head that the first entry must follow; the empty chain when absent
 */
export function verifyChain(entries: Iterable<ChainedEntry>, after: ChainHead = emptyChain): ChainVerdict {
  let head = after;
  for (const entry of entries) {
    const problem = findProblem(head, entry);
    if (problem !== undefined) return { intact: false, seq: entry.seq, problem };
    head = { seq: entry.seq, hash: entry.hash };
  }
  return { intact: true, head };
}

function findProblem(head: ChainHead, entry: ChainedEntry): string | undefined {
  if (entry.seq !== head.seq + 1) return `expected entry ${head.seq + 1} after entry ${head.seq}, got ${entry.seq}`;
  if (entry.previousHash !== head.hash)
    return `expected entry ${entry.seq} to follow ${head.hash || "nothing"}, got ${entry.previousHash || "nothing"}`;
  const hash = Number.isNaN(entry.at.getTime()) ? "an entry without a time" : hashEntry(head.hash, entry);
  return hash === entry.hash ? undefined : `expected hash ${entry.hash} of entry ${entry.seq}, got ${hash}`;
}

/**
 * Holds a trail against a head that was noted earlier and kept where the database's owner cannot write: finds a trail
 * that was cut off or rewritten as a whole, which is intact in itself.
 *
 * @param checkpoint  a head noted earlier
 * @param entry       the trail's entry of the checkpoint's seq, as it stands now; absent when there is none
 */
export function verifyCheckpoint(checkpoint: ChainHead, entry: ChainedEntry | undefined): ChainVerdict {
  const { seq } = checkpoint;
  if (seq === 0) return { intact: true, head: checkpoint };
  if (entry === undefined) return { intact: false, seq, problem: `expected entry ${seq} of the checkpoint, got none` };
  if (entry.seq === seq && entry.hash === checkpoint.hash) return { intact: true, head: checkpoint };
  const problem = `expected entry ${seq} with hash ${checkpoint.hash}, got entry ${entry.seq} with ${entry.hash}`;
  return { intact: false, seq, problem };
}
