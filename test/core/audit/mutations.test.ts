import { expect, test } from "@jest/globals";
import type { ChainedEntry, ChainHead } from "../../../src/core/audit/audit-entry.ts";
import { chainEntry, hashEntry } from "../../../src/core/audit/hash-entry.ts";
import { verifyChain, verifyCheckpoint } from "../../../src/core/audit/verify-chain.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { entry, makeTrail } from "./entries.ts";

/*
 * Ten thousand random attacks on a trail: one to three at a time of every kind, with and without hashes that were made to
 * fit. Each has to be found; where the end was cut or everything after was written anew, by the checkpoint.
 */
const length = 16;
const trail = makeTrail(length);
const checkpoint: ChainHead = { seq: length, hash: trail.at(-1)?.hash ?? "" };

type Dice = (below: number) => number;
type Attack = (entries: readonly ChainedEntry[], dice: Dice) => readonly ChainedEntry[];

const changeText = (text: string, dice: Dice): string => {
  const at = dice(text.length + 1);
  const char = String.fromCharCode(32 + dice(95));
  return (
    [text.slice(0, at) + char + text.slice(at), text.slice(0, at) + text.slice(at + 1), char + text][dice(3)] ?? ""
  );
};

const fields = ["kind", "subject", "payload", "previousHash", "hash", "actorId", "actorKind", "at", "seq"] as const;

function changed(one: ChainedEntry, dice: Dice): ChainedEntry {
  const field = fields[dice(fields.length)];
  switch (field) {
    case "at":
      return { ...one, at: new Date(one.at.getTime() + 1 + dice(1_000)) };
    case "seq":
      return { ...one, seq: one.seq + 1 + dice(3) };
    case "actorId":
      return { ...one, actor: { ...one.actor, id: changeText(one.actor.id, dice) } };
    case "actorKind":
      return { ...one, actor: { ...one.actor, kind: dice(2) === 0 ? "token" : "system" } };
    case undefined:
      return one;
    default:
      return { ...one, [field]: changeText(one[field], dice) };
  }
}

/** From an index on, every entry with the hashes that fit what it says now. */
function rehashed(entries: readonly ChainedEntry[], from: number): readonly ChainedEntry[] {
  const made: ChainedEntry[] = [];
  for (const [index, one] of entries.entries()) {
    const head = made.at(-1) ?? { seq: 0, hash: "" };
    made.push(index < from ? one : { ...chainEntry(head, { ...one, seq: head.seq + 1 }) });
  }
  return made;
}

const attacks: Readonly<Record<string, Attack>> = {
  change: (entries, dice) => {
    const index = dice(entries.length);
    return entries.map((one, i) => (i === index ? changed(one, dice) : one));
  },
  "change, its own hash fitting": (entries, dice) => {
    const index = dice(entries.length - 1);
    const one = { ...(entries[index] as ChainedEntry), payload: `{"x":${dice(1e9)}}` };
    return entries.with(index, { ...one, hash: hashEntry(one.previousHash, one) });
  },
  "change, all hashes after it fitting": (entries, dice) => {
    const index = dice(entries.length);
    const one = { ...(entries[index] as ChainedEntry), payload: `{"x":${dice(1e9)}}` };
    return rehashed(entries.with(index, one), index);
  },
  delete: (entries, dice) => entries.toSpliced(dice(entries.length), 1 + dice(3)),
  "delete, hashes fitting": (entries, dice) => {
    const index = dice(entries.length);
    return rehashed(entries.toSpliced(index, 1), index);
  },
  "cut the end": (entries, dice) => entries.slice(0, dice(entries.length)),
  insert: (entries, dice) => {
    const index = dice(entries.length + 1);
    const before = entries[index - 1] ?? { seq: 0, hash: "" };
    return entries.toSpliced(index, 0, chainEntry(before, { ...entry(before.seq + 1), payload: `{"x":${dice(1e9)}}` }));
  },
  "insert, hashes fitting": (entries, dice) => {
    const index = dice(entries.length);
    return rehashed(entries.toSpliced(index, 0, { ...(entries[index] as ChainedEntry), subject: "forged" }), index);
  },
  double: (entries, dice) => {
    const index = dice(entries.length);
    return entries.toSpliced(index, 0, entries[index] as ChainedEntry);
  },
  swap: (entries, dice) => {
    const [a, b] = [dice(entries.length), dice(entries.length)];
    return entries.with(a, entries[b] as ChainedEntry).with(b, entries[a] as ChainedEntry);
  },
  "swap, hashes fitting": (entries, dice) => {
    const [a, b] = [dice(entries.length), dice(entries.length)];
    return rehashed(entries.with(a, entries[b] as ChainedEntry).with(b, entries[a] as ChainedEntry), Math.min(a, b));
  },
};

/** What only comes after the trail changes nothing about it. */
const same = (attacked: readonly ChainedEntry[]) => JSON.stringify(attacked.slice(0, length)) === JSON.stringify(trail);

/** Found by the chain alone, by the checkpoint, or not at all. */
function find(entries: readonly ChainedEntry[]): "chain" | "checkpoint" | "nothing" {
  if (!verifyChain(entries).intact) return "chain";
  const at = entries.find(({ seq }) => seq === checkpoint.seq);
  return verifyCheckpoint(checkpoint, at).intact ? "nothing" : "checkpoint";
}

test("of 10,000 random attacks on a trail none is missed", () => {
  const random = seededRandom(20_260_601);
  const dice: Dice = (below) => Math.floor(random() * below);
  const names = Object.keys(attacks);
  const found = { chain: 0, checkpoint: 0, nothing: 0 };
  const missed: string[] = [];
  let done = 0;
  while (done < 10_000) {
    const plan = Array.from({ length: 1 + dice(3) }, () => names[dice(names.length)] ?? "");
    const attacked = plan.reduce(
      (entries, name) => (entries.length < 4 ? entries : (attacks[name]?.(entries, dice) ?? entries)),
      trail,
    );
    if (same(attacked)) continue;
    done += 1;
    const by = find(attacked);
    found[by] += 1;
    if (by === "nothing") missed.push(plan.join(" + "));
  }
  expect(missed).toEqual([]);
  // Both ways of finding are at work.
  expect(found.chain).toBeGreaterThan(5_000);
  expect(found.checkpoint).toBeGreaterThan(500);
});
