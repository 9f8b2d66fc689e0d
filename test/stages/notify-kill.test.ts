import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { clientConfig, quoteName } from "../../src/adapters/postgres/pool.ts";
import { notices } from "../render/mail/notices.ts";
import { startChild } from "../support/child.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";
import { insertSampleModel, sampleNotification } from "../support/sample-rows.ts";
import { openSmtpServer, type TestSmtpServer } from "../support/smtp-server.ts";
import { waitFor } from "../support/wait-for.ts";

/*
 * The gap that no protocol closes: the server has said 250, and the commit has not come. Processes that send are killed
 * by -9 in it, a hundred mails in all. Locks on the rows keep the gap open: what runs is what runs in production.
 */

const [rounds, each] = [4, 25];

let state: TestState;
let server: TestSmtpServer;
let locks: pg.Client;
beforeAll(async () => {
  state = await openTestState();
  server = await openSmtpServer();
  await insertSampleModel(state);
  locks = new pg.Client(clientConfig(state.connection));
  await locks.connect();
  await locks.query(`set search_path to ${quoteName(state.schema)}`);
});
afterAll(async () => {
  await locks.end();
  await server.kill();
  await state.close();
});

async function queueMails(round: number): Promise<readonly string[]> {
  const rows = Array.from({ length: each }, (_, i) =>
    sampleNotification(randomUUID(), {
      messageId: `incident-${round * each + i}.opened.1@here`,
      recipient: `owner-${i}@example.com`,
      body: notices["drift-opened"],
    }),
  );
  await state.transaction(async (tx) => {
    for (const row of rows) await tx.notifications.insert(row);
  });
  return rows.map(({ id }) => id);
}

/** Commits that the locks keep back. */
async function waiting(): Promise<number> {
  const { rows } = await locks.query<{ count: string }>(
    "select count(*) from pg_locks where not granted and transactionid::text = pg_current_xact_id_if_assigned()::text",
  );
  return Number(rows[0]?.count);
}

const start = (ids: readonly string[]) =>
  startChild(new URL("./notify-worker.ts", import.meta.url), {
    ...{ connection: state.connection, schema: state.schema, url: server.url, ids },
  });

test("a hundred mails cut off between the server's 250 and the commit: none is lost, each copy is the same mail", async () => {
  const all: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const ids = await queueMails(round);
    all.push(...ids);
    const before = server.mails.length;
    await locks.query("begin");
    await locks.query("select id from notification where id = any($1) for update", [ids]);
    const child = start(ids);
    // All have their 250 when all wait for their commit.
    await waitFor("sends that wait for their commit", async () => (await waiting()) === each, 60_000);
    expect(server.mails).toHaveLength(before + each);
    await child.kill();
    expect(child.lines).not.toContain("done");
    await locks.query("rollback");
    const states = await Promise.all(ids.map(async (id) => (await state.notifications.get(id)).state));
    expect(new Set(states)).toEqual(new Set(["queued"]));
  }
  expect(server.mails).toHaveLength(rounds * each);

  const last = start(all);
  await last.line("done", 60_000);
  await last.kill();
  const copies = new Map<string, string[]>();
  for (const { parsed, raw, to } of server.mails) {
    const id = `${parsed.messageId} ${to.join()}`;
    copies.set(id, [...(copies.get(id) ?? []), raw]);
  }
  // Every mail came twice, under one Message-ID and byte for byte the same.
  expect(copies.size).toBe(rounds * each);
  expect(new Set([...copies.values()].map((list) => list.length))).toEqual(new Set([2]));
  for (const list of copies.values()) expect(new Set(list).size).toBe(1);
  const sent = await Promise.all(all.map(async (id) => (await state.notifications.get(id)).state));
  expect(new Set(sent)).toEqual(new Set(["sent"]));
}, 120_000);
