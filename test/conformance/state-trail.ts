import { describe, expect, test } from "@jest/globals";
import { emptyChain } from "../../src/core/audit/audit-entry.ts";
import { verifyChain } from "../../src/core/audit/verify-chain.ts";
import type { NewRecord, State } from "../../src/ports/state.ts";
import { hour } from "../support/sample-rows.ts";
import type { GetState } from "./state.ts";

const record = (subject: string, more: Partial<NewRecord> = {}): NewRecord => ({
  actor: { kind: "person", id: "ada" },
  at: hour(1),
  kind: "incident acknowledged",
  subject,
  payload: { b: 1, a: [0.1, "ü"] },
  ...more,
});

const append = (state: State, ...records: NewRecord[]) =>
  state.transaction(async (tx) => {
    for (const each of records) await tx.records.append(each);
  });

/** Undoes nothing: changes the trail behind the state's back, as the database's owner could, and looks, then restores. */
async function verifyAfter(getState: GetState, change: string): Promise<unknown> {
  const state = getState();
  await state.sql("create table kept as select * from record");
  await state.sql(`alter table record disable trigger user; ${change}`);
  try {
    return verifyChain(await state.records.list(1, 1_000));
  } finally {
    await state.sql(
      "delete from record; insert into record select * from kept; drop table kept; alter table record enable trigger user",
    );
  }
}

export function describeTrail(getState: GetState): void {
  describe("audit trail", () => {
    test("entries chain from the empty head, whoever writes them, and verify", async () => {
      const state = getState();
      const states = [state, await state.another()];
      await append(state, record("one"), record("two"));
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => append(states[index % 2] ?? state, record(`parallel ${index}`))),
      );
      const trail = await state.records.list(1, 1_000);
      expect(trail.map(({ seq }) => seq)).toEqual(trail.map((_, index) => index + 1));
      expect(verifyChain(trail)).toEqual({ intact: true, head: { seq: trail.length, hash: trail.at(-1)?.hash } });
      expect(trail[0]).toMatchObject({
        actor: { kind: "person", id: "ada" },
        at: hour(1),
        payload: '{"a":[0.1,"ü"],"b":1}',
      });
      expect(trail[0]?.previousHash).toBe(emptyChain.hash);
      expect(await state.records.list(2, 1)).toEqual([trail[1]]);
    });

    test("the head and the last record are of one moment, while others append", async () => {
      const state = getState();
      const other = await state.another();
      let appending = true;
      const appended = (async () => {
        for (let i = 0; i < 60; i += 1) await append(other, record(`meanwhile ${i}`));
        appending = false;
      })();
      while (appending) {
        const { head, last } = await state.records.head();
        expect({ seq: last?.seq ?? 0, hash: last?.hash ?? emptyChain.hash }).toEqual(head);
      }
      await appended;
    });

    test("text that UTF-8 cannot hold is recorded as it will be read", async () => {
      const state = getState();
      const odd = {
        actor: { kind: "person", id: "a\ud800b" },
        payload: { "\udfff": "\ud800", zero: "\u0000" },
      } as const;
      await append(state, record("half \ud83d", odd));
      const trail = await state.records.list(1, 1_000);
      expect(trail.at(-1)).toMatchObject({ subject: "half \ufffd", actor: { id: "a\ufffdb" } });
      expect(verifyChain(trail)).toMatchObject({ intact: true });
    });

    test("what JSON cannot hold is refused and leaves no entry", async () => {
      const state = getState();
      const before = await state.records.list(1, 1_000);
      const appending = append(state, record("fine"), record("not", { payload: { value: Number.NaN } }));
      await expect(appending).rejects.toMatchObject({ code: "InvalidInput" });
      expect(await state.records.list(1, 1_000)).toEqual(before);
    });

    test.each([
      ["a changed payload", `update record set payload = '{}' where seq = 3`, 3],
      ["a changed time", "update record set at = at + interval '1 millisecond' where seq = 3", 3],
      ["a deleted row", "delete from record where seq = 3", 4],
      [
        "a deleted row with the rest moved up",
        "delete from record where seq = 3; update record set seq = seq - 1 where seq = 4",
        3,
      ],
      [
        "an inserted row",
        "update record set seq = 1000 where seq = 3; insert into record select 3, actor_kind, actor_id, at, kind, subject, '{}', previous_hash, 'x' from record where seq = 4",
        3,
      ],
      [
        "two rows changed about",
        "update record set seq = 1000 where seq = 3; update record set seq = 3 where seq = 4; update record set seq = 4 where seq = 1000",
        3,
      ],
    ])("%s is found", async (_name, change, seq) => {
      expect(await verifyAfter(getState, change)).toMatchObject({ intact: false, seq });
      expect(verifyChain(await getState().records.list(1, 1_000))).toMatchObject({ intact: true });
    });
  });

  describe("append-only tables", () => {
    const tables =
      `record alias_change finding rule_outcome count log_file log_key ingest policy_revision baseline version
      decision gate_result calibration`.split(/\s+/);
    test.each(tables)("%s refuses update, delete and truncate", async (table) => {
      const state = getState();
      const [column] = await state.sql(
        "select quote_ident(column_name) as name from information_schema.columns where table_schema = $1 and table_name = $2",
        [state.schema, table],
      );
      const [rows] = await state.sql(`select count(*)::int as n from "${table}"`);
      expect(rows?.n).toBeGreaterThan(0);
      for (const change of [
        `update "${table}" set ${String(column?.name)} = ${String(column?.name)}`,
        `delete from "${table}"`,
        `truncate "${table}" cascade`,
      ])
        await expect(state.sql(change)).rejects.toThrow("is append-only");
    });

    test("the head of the trail can be moved, not removed", async () => {
      for (const change of ["delete from record_head", "truncate record_head"])
        await expect(getState().sql(change)).rejects.toThrow("is append-only");
    });
  });
}
