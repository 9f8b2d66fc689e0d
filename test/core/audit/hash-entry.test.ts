import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { chainEntry, hashEntry } from "../../../src/core/audit/hash-entry.ts";
import { entry } from "./entries.ts";

test("is the sha256 of a list that anybody can write down", () => {
  const text = '["",1,"person","ada","2026-01-01T00:00:01.000Z","incident opened","incident 1","{\\"n\\":1}"]';
  expect(hashEntry("", entry(1))).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
});

test.each([
  ["seq", { seq: 2 }],
  ["the actor's kind", { actor: { kind: "token", id: "ada" } as const }],
  ["the actor's id", { actor: { kind: "person", id: "eve" } as const }],
  ["time", { at: new Date(1) }],
  ["kind", { kind: "incident closed" }],
  ["subject", { subject: "incident 2" }],
  ["a blank in the payload", { payload: '{"n": 1}' }],
])("%s is part of it", (_name, change) =>
  expect(hashEntry("", { ...entry(1), ...change })).not.toBe(hashEntry("", entry(1))),
);

test("text cannot move from one field to the next unseen", () => {
  const moved = { ...entry(1), kind: "incident", subject: "opened incident 1" };
  expect(hashEntry("", moved)).not.toBe(hashEntry("", entry(1)));
});

test("an entry follows the head that it is given", () => {
  const head = { seq: 0, hash: "" };
  const first = chainEntry(head, entry(1));
  expect(first).toEqual({ ...entry(1), previousHash: "", hash: hashEntry("", entry(1)) });
  expect(chainEntry(first, entry(2)).previousHash).toBe(first.hash);
});
