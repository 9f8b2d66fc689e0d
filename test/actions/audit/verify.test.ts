import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { auditLog } from "../../../src/actions/audit/log.ts";
import { verifyTrail } from "../../../src/actions/audit/verify.ts";
import type { ChainedEntry } from "../../../src/core/audit/audit-entry.ts";
import type { Checkpoint } from "../../../src/core/audit/checkpoint.ts";
import { chainEntry } from "../../../src/core/audit/hash-entry.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { makeKey } from "../../core/audit/keys.ts";
import { openTestState, type TestState } from "../../support/open-test-state.ts";

const length = 40;
let state: TestState;
let checkpoint: Checkpoint;
let key: string;

beforeAll(async () => {
  state = await openTestState();
  await state.transaction(async (tx) => {
    for (let n = 1; n <= length; n += 1)
      await tx.records.append({
        actor: n % 3 === 0 ? { kind: "person", id: "ada" } : { kind: "system", id: "driftward" },
        at: new Date(Date.UTC(2026, 0, n)),
        kind: n % 2 === 0 ? "run started" : "incident opened",
        subject: `subject ${n}`,
        payload: { n, model: n % 4 === 0 ? "churn" : "fraud", text: "Größe 😀" },
      });
  });
  const maker = makeKey(await state.instance.id());
  key = maker.key;
  checkpoint = maker.checkpoint((await state.records.head()).head);
  // What the owner of a database can do: no constraint and no trigger stands in the way.
  await state.sql("drop trigger append_only on record");
  await state.sql("drop trigger keep on record_head");
  await state.sql(
    "alter table record drop constraint record_pkey, drop constraint record_hash_key, drop constraint record_actor_kind_check",
  );
  await state.sql("create table kept as table record");
});
afterAll(() => state.close());

const restore = async () => {
  await state.sql("delete from record");
  await state.sql("insert into record table kept");
  await state.sql("update record_head set seq = $1, hash = $2", [checkpoint.seq, checkpoint.hash]);
};
beforeEach(restore);

const verify = (checkpoints: readonly Checkpoint[] = [checkpoint], trusted: string | undefined = key) =>
  verifyTrail(state, { checkpoints, key: trusted });

test("an intact trail is intact, and says which checkpoint proves it", async () => {
  expect(await verify()).toEqual({
    intact: true,
    head: { seq: length, hash: checkpoint.hash },
    checkpoints: 1,
    proven: checkpoint,
  });
  expect(await verify([])).toMatchObject({ intact: true, checkpoints: 0, proven: undefined });
});

test("records that come after a checkpoint change nothing about it", async () => {
  const early = makeKey(await state.instance.id());
  const [, second] = await state.records.list(1, 2);
  const before = early.checkpoint({ seq: 2, hash: second?.hash ?? "" });
  expect(await verify([before], early.key)).toMatchObject({ intact: true, proven: { seq: 2 } });
});

const texts = ["actor_kind", "actor_id", "kind", "subject", "payload", "previous_hash", "hash"];

/** One random attack in SQL: what the database's owner could type. */
function attack(dice: (below: number) => number): readonly [string, (readonly unknown[])?] {
  const seq = 1 + dice(length);
  const column = texts[dice(texts.length)];
  const char = String.fromCharCode(33 + dice(90));
  const statements: readonly (readonly [string, (readonly unknown[])?])[] = [
    [`update record set ${column} = ${column} || $1 where seq = $2`, [char, seq]],
    [
      `update record set ${column} = overlay(${column} placing $1 from $2 for 1) where seq = $3`,
      ["~", 1 + dice(5), seq],
    ],
    [`update record set ${column} = upper(${column}) || '' where seq = $1`, [seq]],
    [
      `update record set at = at + $1::interval where seq = $2`,
      [["1 microsecond", "1 millisecond", "1 year"][dice(3)], seq],
    ],
    [`update record set at = 'infinity' where seq = $1`, [seq]],
    ["delete from record where seq = $1", [seq]],
    ["delete from record where seq > $1", [seq - 1]],
    ["update record set seq = seq + 1 where seq >= $1", [seq]],
    ["update record set seq = $1 where seq = $2", [-dice(5), seq]],
    ["insert into record select * from kept where seq = $1", [seq]],
    [
      "insert into record select $1, actor_kind, actor_id, at, kind, subject, payload, previous_hash, hash || 'x' from kept where seq = $2",
      [["0", "-7", String(length + 1), String(length + 5), "9007199254740993", "9223372036854775807"][dice(6)], seq],
    ],
    [
      "update record set seq = $2 + $3 - seq where seq in ($2, $3)".replaceAll("$2", "$1").replaceAll("$3", "$2"),
      [seq, (seq % length) + 1],
    ],
    ["update record_head set seq = seq + $1", [1 + dice(3)]],
    ["update record_head set seq = $1", [seq - 1]],
    ["update record_head set hash = reverse(hash)"],
    ["delete from record"],
  ];
  return statements[dice(statements.length)] ?? [""];
}

test("of 300 random attacks in SQL none is missed, by the chain and the head alone", async () => {
  const random = seededRandom(7);
  const dice = (below: number) => Math.floor(random() * below);
  const missed: unknown[] = [];
  let done = 0;
  while (done < 300) {
    const [text, parameters] = attack(dice);
    await state.sql(text, parameters);
    const [same] = await state.sql(
      "select not exists (table record except all table kept) and not exists (table kept except all table record) and exists (select from record_head where seq = $1 and hash = $2) as same",
      [checkpoint.seq, checkpoint.hash],
    );
    if (same?.same !== true) {
      done += 1;
      if ((await verify([])).intact) missed.push([text, parameters]);
    }
    await restore();
  }
  expect(missed).toEqual([]);
});

/** The owner writes history anew from a record on: every hash fits, and so does the head. */
async function rewriteFrom(seq: number, change: (one: ChainedEntry) => ChainedEntry): Promise<void> {
  const records = await state.records.list(1, length);
  await state.sql("delete from record where seq >= $1", [seq]);
  let head = { seq: seq - 1, hash: records[seq - 2]?.hash ?? "" };
  for (const record of records.slice(seq - 1)) {
    const { actor, at, kind, subject, payload, previousHash, hash, ...rest } = chainEntry(head, change(record));
    const columns = [rest.seq, actor.kind, actor.id, at.toISOString(), kind, subject, payload, previousHash, hash];
    await state.sql("insert into record values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", columns);
    head = { seq: rest.seq, hash };
  }
  await state.sql("update record_head set seq = $1, hash = $2", [head.seq, head.hash]);
}

describe("a history that the database's owner wrote anew, all hashes fitting", () => {
  test.each([1, 7, 25, length])("from record %i on: only a checkpoint finds it", async (from) => {
    await rewriteFrom(from, (one) => (one.seq === from ? { ...one, actor: { kind: "person", id: "eve" } } : one));
    expect(await verify([])).toMatchObject({ intact: true });
    expect(await verify()).toMatchObject({ intact: false, seq: length, proven: undefined });
  });

  test("between two checkpoints: the one before says up to where it is proven", async () => {
    const maker = makeKey(await state.instance.id());
    const records = await state.records.list(1, length);
    const at = (seq: number) => maker.checkpoint({ seq, hash: records[seq - 1]?.hash ?? "" });
    await rewriteFrom(15, (one) => ({ ...one, payload: one.payload.replace("churn", "fraud") }));
    expect(await verify([at(30), at(10), at(20)], maker.key)).toMatchObject({
      intact: false,
      seq: 20,
      proven: { seq: 10 },
    });
  });

  test("an end that was cut off, with its head", async () => {
    await state.sql("delete from record where seq > 35");
    await state.sql("update record_head set seq = 35, hash = (select hash from record where seq = 35)");
    expect(await verify([])).toMatchObject({ intact: true, head: { seq: 35 } });
    expect(await verify()).toMatchObject({ intact: false, seq: length });
  });
});

describe("a checkpoint that cannot be trusted is no proof", () => {
  test("forged, of another key, of another instance", async () => {
    const other = makeKey(await state.instance.id()).checkpoint(checkpoint);
    const elsewhere = makeKey("elsewhere");
    expect(await verify([{ ...checkpoint, hash: "0".repeat(64) }])).toMatchObject({
      problem: expect.stringContaining("does not have the signature of its key"),
    });
    expect(await verify([other])).toMatchObject({ problem: expect.stringContaining("signed with another key") });
    expect(await verify([elsewhere.checkpoint(checkpoint)], elsewhere.key)).toMatchObject({
      problem: expect.stringContaining("of another instance"),
    });
  });
});

describe("the listing", () => {
  const list = async (request: Partial<Parameters<typeof auditLog>[1]>) => {
    const seqs: number[] = [];
    for await (const rows of auditLog(state, { limit: undefined, ...request }))
      seqs.push(...rows.map(({ seq }) => seq));
    return seqs;
  };

  test("by actor, kind, time and model; the newest so many, oldest first", async () => {
    await state.transaction((tx) => tx.models.ensure("churn", "00000000-0000-4000-8000-000000000001", new Date(0)));
    expect(await list({})).toHaveLength(length);
    expect(await list({ limit: 3 })).toEqual([38, 39, 40]);
    expect(await list({ actor: "ada", limit: 2 })).toEqual([36, 39]);
    expect(await list({ kind: "run started", from: new Date("2026-02-05T00:00:00Z") })).toEqual([36, 38, 40]);
    expect(await list({ until: new Date("2026-01-03T00:00:00Z") })).toEqual([1, 2]);
    expect(await list({ model: "churn" })).toEqual([4, 8, 12, 16, 20, 24, 28, 32, 36, 40]);
    await expect(list({ model: "nope" })).rejects.toMatchObject({ code: "NotFound" });
  });
});
