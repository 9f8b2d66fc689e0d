import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { checkpointFile } from "../../src/adapters/checkpoint-file/checkpoint-file.ts";
import { createOutboxMailer } from "../../src/adapters/mail/outbox-mailer.ts";
import { systemActor } from "../../src/core/actor.ts";
import { isSigned, parseCheckpoints } from "../../src/core/audit/checkpoint.ts";
import type { Mail } from "../../src/ports/mailer.ts";
import { checkpointMail } from "../../src/render/mail/checkpoint-letter.ts";
import { checkpoint, requestCheckpoint } from "../../src/stages/checkpoint.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";

let state: TestState;
let folder: string;
const now = new Date("2026-06-01T12:00:00Z");
beforeEach(async () => {
  [state, folder] = [await openTestState(), await mkdtemp(join(tmpdir(), "driftward-checkpoint-"))];
});
afterEach(async () => {
  await state.close();
  await rm(folder, { recursive: true });
});

const paths = () => ({ key: join(folder, "keys", "audit.key"), file: join(folder, "out", "checkpoints.ndjson") });
const ports = () => ({ state, clock: { now: () => now }, checkpoints: checkpointFile(paths()) });
const append = (n: number) =>
  state.transaction((tx) =>
    tx.records.append({ actor: systemActor, at: now, kind: "test", subject: "", payload: { n } }),
  );
const lines = async () => parseCheckpoints(await readFile(paths().file, "utf8"), "x");

test("signs the head with a key of its own that only the owner reads; the same head stands once", async () => {
  expect(await checkpoint(ports())).toBeUndefined();
  await append(1);
  const made = await checkpoint(ports());
  await checkpoint(ports());
  await append(2);
  await checkpoint(ports());
  const written = await lines();
  expect(written.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(written[0]).toEqual(made);
  expect(written.every(isSigned)).toBe(true);
  expect(new Set(written.map(({ key }) => key)).size).toBe(1);
  expect(written[1]).toMatchObject({
    instance: await state.instance.id(),
    hash: (await state.records.head()).head.hash,
  });
  expect((await stat(paths().key)).mode & 0o777).toBe(0o600);
});

test("of several processes that make the key at once, one wins", async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, async () => (await ports().checkpoints.signer()).key));
  expect(new Set(keys).size).toBe(1);
  expect(await ports().checkpoints.key()).toBe(keys[0]);
});

test("a key that is none is an error, and is not replaced", async () => {
  await ports().checkpoints.signer();
  await writeFile(paths().key, "damaged");
  await expect(ports().checkpoints.signer()).rejects.toMatchObject({ code: "InvalidConfig" });
  expect(await readFile(paths().key, "utf8")).toBe("damaged");
});

test("is mailed once a day with the same Message-ID, and the mail can be held against the trail", async () => {
  await append(1);
  for (let i = 0; i < 3; i += 1) await requestCheckpoint(state, now);
  const [task, ...others] = await state.outbox.open(10);
  expect([task?.kind, others]).toEqual(["checkpoint", []]);
  const sent: Mail[] = [];
  const mail = {
    to: "auditor@example.com",
    mailer: { send: async (one: Mail) => void sent.push(one) },
    write: checkpointMail,
  };
  await checkpoint(ports(), { taskId: task?.id ?? "", mail });
  await checkpoint(ports(), { mail });
  expect(await state.outbox.open(10)).toEqual([]);
  expect(sent.map(({ to, messageId, subject }) => [to, messageId, subject])).toEqual(
    Array(2).fill([
      "auditor@example.com",
      `checkpoint-2026-06-01@${await state.instance.id()}`,
      "[Driftward] audit checkpoint 2026-06-01: 1 record",
    ]),
  );
  expect(parseCheckpoints(sent[0]?.text ?? "", "mail")).toEqual(await lines());
  // As it lies in a mailbox: both parts, quoted-printable.
  await createOutboxMailer({ folder: join(folder, "mails"), from: "driftward@example.com" }).send(sent[0] as Mail);
  const [file] = await readdir(join(folder, "mails"));
  const raw = await readFile(join(folder, "mails", file ?? ""), "utf8");
  expect(raw).toContain("quoted-printable");
  expect(parseCheckpoints(raw, "mail.eml")).toEqual(await lines());
});

test("an end that does not fit its head is not signed", async () => {
  await append(1);
  await append(2);
  await state.sql("drop trigger append_only on record");
  await state.sql("delete from record where seq = 2");
  await expect(checkpoint(ports())).rejects.toMatchObject({ code: "Conflict" });
});
