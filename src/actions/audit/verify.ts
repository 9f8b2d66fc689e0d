import type { ChainHead } from "../../core/audit/audit-entry.ts";
import { type Checkpoint, isSigned } from "../../core/audit/checkpoint.ts";
import { verifyChain, verifyCheckpoint } from "../../core/audit/verify-chain.ts";
import type { RecordRow, State } from "../../ports/state.ts";

export interface VerifyRequest {
  readonly checkpoints: readonly Checkpoint[];
  /** The key that must have signed them; the one each names when undefined. */
  readonly key: string | undefined;
  readonly onProgress?: (done: number, of: number) => void;
}

/** What was found. `intact` says only what could be seen: without checkpoints a rewritten trail looks like any other. */
export type TrailVerdict =
  | {
      readonly intact: true;
      readonly head: ChainHead;
      /** Checkpoints that agree with it; the newest of them. */
      readonly checkpoints: number;
      readonly proven: Checkpoint | undefined;
    }
  | {
      readonly intact: false;
      /** Where: a record's place in the trail. */
      readonly seq: number;
      readonly problem: string;
      /** The newest checkpoint before it that still agrees. */
      readonly proven: Checkpoint | undefined;
    };

/** Records in memory at one time. */
const page = 2_000;

/**
 * Walks the whole trail, and holds it against checkpoints. Any change, deletion, insertion or reordering is found; a
 * trail that was written anew with fitting hashes is found by a checkpoint that was made before. Constant memory.
 */
export async function verifyTrail(
  { records, instance }: Pick<State, "records" | "instance">,
  { checkpoints, key, onProgress }: VerifyRequest,
): Promise<TrailVerdict> {
  const sorted = checkpoints.toSorted((a, b) => a.seq - b.seq);
  const forged = findForged(sorted, key, await instance.id());
  if (forged !== undefined) return { intact: false, ...forged, proven: undefined };
  const end = (await records.head()).head;
  let head: ChainHead = { seq: 0, hash: "" };
  let proven: Checkpoint | undefined;
  const waiting = [...sorted];
  for (let from = Number.MIN_SAFE_INTEGER; ; ) {
    const read = await records.list(from, page);
    // The last record is read again: a second one of its number would else lie unseen between two pages.
    const entries = head.seq > 0 && read[0]?.seq === head.seq && read[0].hash === head.hash ? read.slice(1) : read;
    const verdict = verifyChain(entries, head);
    // Before a break, checkpoints of this page say up to where the trail is proven.
    const upTo = verdict.intact ? Number.POSITIVE_INFINITY : verdict.seq;
    const held = holdAgainst(waiting, entries, upTo);
    proven = held.proven ?? proven;
    if (held.broken !== undefined) return { intact: false, ...held.broken, proven };
    if (!verdict.intact) return { ...verdict, proven };
    head = verdict.head;
    onProgress?.(head.seq, Math.max(end.seq, head.seq));
    if (read.length < page) break;
    from = head.seq;
  }
  const missing = waiting[0];
  const cut =
    missing === undefined
      ? await findLostEnd(records, head)
      : broken(verifyCheckpoint(missing, undefined), missing.seq);
  if (cut !== undefined) return { intact: false, ...cut, proven };
  return { intact: true, head, checkpoints: sorted.length, proven };
}

type Break = { readonly seq: number; readonly problem: string };

/** A checkpoint that its key did not sign, that another key signed, or that is of another instance. */
function findForged(checkpoints: readonly Checkpoint[], key: string | undefined, instance: string): Break | undefined {
  for (const one of checkpoints) {
    const { seq } = one;
    const name = `the checkpoint of ${one.at}`;
    if (!isSigned(one)) return { seq, problem: `${name} does not have the signature of its key` };
    if (key !== undefined && one.key !== key)
      return { seq, problem: `${name} is signed with another key: expected ${key}, got ${one.key}` };
    if (one.instance !== instance)
      return { seq, problem: `${name} is of another instance: expected ${instance}, got ${one.instance}` };
  }
  return undefined;
}

/** Takes from `waiting` the checkpoints that these entries answer. */
function holdAgainst(
  waiting: Checkpoint[],
  entries: readonly RecordRow[],
  upTo: number,
): { readonly proven?: Checkpoint; readonly broken?: Break } {
  let proven: Checkpoint | undefined;
  const bySeq = new Map(waiting.length === 0 ? [] : entries.map((entry) => [entry.seq, entry]));
  const last = entries.at(-1)?.seq ?? 0;
  for (let next = waiting[0]; next !== undefined && next.seq <= last && next.seq < upTo; next = waiting[0]) {
    const found = broken(verifyCheckpoint(next, bySeq.get(next.seq)), next.seq);
    if (found !== undefined) return { ...(proven === undefined ? {} : { proven }), broken: found };
    proven = next;
    waiting.shift();
  }
  return proven === undefined ? {} : { proven };
}

function broken(verdict: ReturnType<typeof verifyCheckpoint>, seq: number): Break | undefined {
  return verdict.intact ? undefined : { seq, problem: verdict.problem };
}

/** The head is kept beside the records: an end that was deleted is missed by it. */
async function findLostEnd(records: State["records"], walked: ChainHead): Promise<Break | undefined> {
  const { head } = await records.head();
  // Records that came while the trail was walked stand between the two.
  const seen = head.seq > walked.seq ? await headOf(records, head.seq) : walked;
  if (seen?.seq === head.seq && seen.hash === head.hash) return undefined;
  return {
    seq: head.seq,
    problem: `expected the trail to end with record ${head.seq}, ${head.hash || "nothing"}, it ends with record ${walked.seq}, ${walked.hash || "nothing"}`,
  };
}

async function headOf(records: State["records"], seq: number): Promise<ChainHead | undefined> {
  const [entry] = await records.list(seq, 1);
  return entry?.seq === seq ? entry : undefined;
}
