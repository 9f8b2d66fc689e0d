import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { ChainedEntry } from "../../../src/core/audit/audit-entry.ts";
import { chainEntry, hashEntry } from "../../../src/core/audit/hash-entry.ts";
import { verifyChain, verifyCheckpoint } from "../../../src/core/audit/verify-chain.ts";
import { entry, makeTrail } from "./entries.ts";

const trail = makeTrail(6);
const at = (index: number): ChainedEntry => trail[index] as ChainedEntry;
const headOf = ({ seq, hash }: ChainedEntry) => ({ seq, hash });

test("an intact trail gives its head, whole or in pieces", () => {
  expect(verifyChain([])).toEqual({ intact: true, head: { seq: 0, hash: "" } });
  expect(verifyChain(trail)).toEqual({ intact: true, head: headOf(at(5)) });
  expect(verifyChain(trail.slice(3), headOf(at(2)))).toEqual({ intact: true, head: headOf(at(5)) });
});

describe("finds the first broken place", () => {
  test.each<[string, readonly ChainedEntry[], number]>([
    ["a changed payload", trail.with(2, { ...at(2), payload: '{"n":99}' }), 3],
    ["a changed actor", trail.with(2, { ...at(2), actor: { kind: "person", id: "eve" } }), 3],
    ["a changed time", trail.with(2, { ...at(2), at: new Date(0) }), 3],
    ["a time that is none", trail.with(2, { ...at(2), at: new Date(Number.NaN) }), 3],
    ["a deleted entry", trail.toSpliced(2, 1), 4],
    ["a deleted first entry", trail.slice(1), 2],
    ["a doubled entry", trail.toSpliced(2, 0, at(2)), 3],
    ["two entries changed about", trail.with(2, at(3)).with(3, at(2)), 4],
    ["an inserted entry", trail.toSpliced(2, 0, chainEntry(headOf(at(1)), { ...entry(3), payload: "{}" })), 3],
  ])("%s", (_name, entries, seq) => expect(verifyChain(entries)).toMatchObject({ intact: false, seq }));

  test("a changed entry whose own hash was made to fit: the next one does not follow it", () => {
    const forged = { ...at(2), payload: "{}" };
    const fitted = { ...forged, hash: hashEntry(forged.previousHash, forged) };
    expect(verifyChain(trail.with(2, fitted))).toMatchObject({
      intact: false,
      seq: 4,
      problem: `expected entry 4 to follow ${fitted.hash}, got ${at(2).hash}`,
    });
  });

  test("any one field of any one entry", () => {
    const field = fc.constantFrom("kind", "subject", "payload", "hash", "previousHash");
    fc.assert(
      fc.property(fc.nat(5), field, fc.string(), (index, name, text) => {
        fc.pre(at(index)[name as "kind"] !== text);
        expect(verifyChain(trail.with(index, { ...at(index), [name]: text })).intact).toBe(false);
      }),
    );
  });

  test("any other order", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...trail], { minLength: 6 }), (entries) => {
        fc.pre(entries.some((each, index) => each !== trail[index]));
        expect(verifyChain(entries).intact).toBe(false);
      }),
    );
  });
});

describe("against a checkpoint that was kept elsewhere", () => {
  const checkpoint = headOf(at(4));

  test("the same entry is intact", () => {
    expect(verifyCheckpoint(checkpoint, at(4))).toEqual({ intact: true, head: checkpoint });
    expect(verifyCheckpoint({ seq: 0, hash: "" }, undefined).intact).toBe(true);
  });

  test("a trail whose end was cut off is found, though it is intact in itself", () => {
    expect(verifyChain(trail.slice(0, 3)).intact).toBe(true);
    expect(verifyCheckpoint(checkpoint, undefined)).toMatchObject({ intact: false, seq: 5 });
  });

  test("a trail that was written anew from the start is found, though it is intact in itself", () => {
    let head = { seq: 0, hash: "" };
    const rewritten = trail.map((each) => {
      const next = chainEntry(head, { ...each, payload: each.seq === 2 ? "{}" : each.payload });
      head = headOf(next);
      return next;
    });
    expect(verifyChain(rewritten).intact).toBe(true);
    expect(verifyCheckpoint(checkpoint, rewritten[4])).toMatchObject({ intact: false, seq: 5 });
  });
});
