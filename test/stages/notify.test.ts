import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { signedLinks } from "../../src/adapters/links/signed-links.ts";
import { createSmtpMailer } from "../../src/adapters/mail/smtp-mailer.ts";
import { createWebhooks } from "../../src/adapters/webhook/webhooks.ts";
import { DriftwardError } from "../../src/core/errors.ts";
import type { NotificationRow, State } from "../../src/ports/state.ts";
import { writeMail } from "../../src/render/mail/write-mail.ts";
import { failNotification, type NotifyPorts, notify } from "../../src/stages/notify.ts";
import { notices } from "../render/mail/notices.ts";
import { lookUpPolicies } from "../support/look-up-policies.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";
import { hour, insertSampleModel, sampleNotification } from "../support/sample-rows.ts";
import { openSmtpServer, type TestSmtpServer } from "../support/smtp-server.ts";

let state: TestState;
let server: TestSmtpServer;
let mailer: ReturnType<typeof createSmtpMailer>;
let ports: NotifyPorts;
const now = new Date("2026-05-04T00:12:00Z");
beforeAll(async () => {
  state = await openTestState();
  server = await openSmtpServer();
  mailer = createSmtpMailer({ url: server.url, from: "Driftward <driftward@example.com>" });
  ports = {
    state,
    policies: lookUpPolicies(state),
    mailer,
    webhooks: createWebhooks({ targets: {}, environment: {}, allow: [] }),
    writeMail,
    clock: { now: () => now },
  };
  await insertSampleModel(state);
});
afterEach(() => server.answer("accept"));
afterAll(async () => {
  await mailer.close();
  await server.kill();
  await state.close();
});

let queued = 0;
/** A mail that waits, and the task that is to send it. */
async function queue(
  recipient = "risk-ml@example.com",
): Promise<{ readonly row: NotificationRow; readonly taskId: string }> {
  queued += 1;
  const messageId = `incident-${queued}.opened.1@${await state.instance.id()}`;
  const row = sampleNotification(randomUUID(), { messageId, recipient, body: notices["drift-opened"] });
  await state.transaction(async (tx) => {
    await tx.notifications.insert(row);
    await tx.outbox.add([{ key: `notify-${row.id}`, kind: "notify", subject: row.id }]);
  });
  const task = (await state.outbox.open(1_000)).find(({ subject }) => subject === row.id);
  return { row, taskId: task?.id ?? "" };
}

const isOpen = async (taskId: string) => (await state.outbox.open(1_000)).some(({ id }) => id === taskId);

/** A state whose process dies before it can write: what is read is real, no transaction begins. */
function dying(): State {
  return { ...state, transaction: () => Promise.reject(new Error("killed")) };
}

test("sends to the recipient, under the Message-ID that was stored before, and closes the task", async () => {
  const { row, taskId } = await queue();
  await notify(ports, { notificationId: row.id, taskId });
  const mail = server.mails.at(-1);
  expect(mail?.to).toEqual(["risk-ml@example.com"]);
  expect(mail?.parsed.messageId).toBe(`<${row.messageId}>`);
  expect(mail?.parsed.date).toEqual(hour(0));
  expect(await state.notifications.get(row.id)).toMatchObject({ state: "sent", sentAt: now });
  expect(await isOpen(taskId)).toBe(false);
});

test("a mail that was sent is not sent again, and its task is closed", async () => {
  const { row, taskId } = await queue();
  await notify(ports, { notificationId: row.id });
  const before = server.mails.length;
  await notify({ ...ports, clock: { now: () => new Date(0) } }, { notificationId: row.id, taskId });
  expect(server.mails.length).toBe(before);
  expect((await state.notifications.get(row.id)).sentAt).toEqual(now);
  expect(await isOpen(taskId)).toBe(false);
});

test("killed between the server's 250 and the commit: the same mail goes out again, known by its Message-ID", async () => {
  const { row, taskId } = await queue();
  const before = server.mails.length;
  await expect(notify({ ...ports, state: dying() }, { notificationId: row.id, taskId })).rejects.toThrow("killed");
  expect(await state.notifications.get(row.id)).toMatchObject({ state: "queued" });
  expect(await isOpen(taskId)).toBe(true);
  await notify(ports, { notificationId: row.id, taskId });
  const [first, second, ...more] = server.mails.slice(before);
  expect(more).toEqual([]);
  expect([first, second].map((mail) => mail?.parsed.messageId)).toEqual([`<${row.messageId}>`, `<${row.messageId}>`]);
  expect(second?.raw).toBe(first?.raw);
  expect(await isOpen(taskId)).toBe(false);
});

test.each(["refuse", "later", "dead"] as const)(
  "a server that says %s leaves the mail queued and the task open",
  async (how) => {
    const { row, taskId } = await queue();
    if (how === "dead") await server.kill();
    else server.answer(how);
    await expect(notify(ports, { notificationId: row.id, taskId })).rejects.toMatchObject({
      code: "DeliveryFailed",
      retryable: true,
    });
    expect(await state.notifications.get(row.id)).toMatchObject({ state: "queued", sentAt: undefined });
    expect(await isOpen(taskId)).toBe(true);
    if (how === "dead") await server.restart();
    server.answer("accept");
    await notify(ports, { notificationId: row.id, taskId });
    expect(server.mails.at(-1)?.parsed.messageId).toBe(`<${row.messageId}>`);
    expect((await state.notifications.get(row.id)).state).toBe("sent");
  },
);

test("where pages are served a mail leads its recipient to its own, the same each time; a webhook to none", async () => {
  const links = signedLinks({ publicUrl: "https://d.example.com", key: async () => Buffer.alloc(32, 1) });
  const { row } = await queue();
  await notify({ ...ports, links }, { notificationId: row.id });
  const mail = server.mails.at(-1);
  const [address = ""] = /https:\/\/\S+/.exec(mail?.parsed.text ?? "") ?? [];
  const [, about, number, capability = ""] = new URL(address).pathname.split("/");
  expect([about, number]).toEqual(["incidents", "12"]);
  const page = { about: "incident", number: 12 } as const;
  expect(await links.open(page, capability, row.createdAt)).toMatchObject({ recipient: row.recipient });
  expect(String(mail?.parsed.html)).toContain(`href="${address}"`);
  expect((await links.for(row.recipient, row.createdAt))(page)).toBe(address);
});

test("a webhook that is down delays its notice and loses nothing; given up, it is kept with why", async () => {
  const { row, taskId } = await queue("webhook:pager");
  const told: string[] = [];
  let up = false;
  const webhooks = {
    async send(name: string, { id }: { readonly id: string }) {
      if (!up) throw new DriftwardError("DeliveryFailed", "pager is down");
      told.push(`${name} ${id}`);
    },
  };
  const before = server.mails.length;
  await expect(notify({ ...ports, webhooks }, { notificationId: row.id, taskId })).rejects.toThrow("pager is down");
  expect(await isOpen(taskId)).toBe(true);
  up = true;
  await notify({ ...ports, webhooks }, { notificationId: row.id, taskId });
  expect(told).toEqual([`pager ${row.messageId}`]);
  expect(server.mails.length).toBe(before);
  expect((await state.notifications.get(row.id)).state).toBe("sent");

  const other = await queue("webhook:pager");
  const given = { notificationId: other.row.id, taskId: other.taskId, reason: "pager leads to an internal address" };
  await failNotification(ports, given);
  expect(await state.notifications.get(other.row.id)).toMatchObject({ state: "failed", reason: given.reason });
  expect(await isOpen(other.taskId)).toBe(false);
  expect((await state.records.list(1, 1_000)).at(-1)).toMatchObject({ kind: "notification given up" });
});

test("what became sensitive while a mail waited is not sent", async () => {
  const { row } = await queue("late@example.com");
  const models = { ...state.models, find: async () => ({ policyRevision: "later" }) } as unknown as State["models"];
  const policies = { of: async () => ({ data: { sensitive: ["income"] } }) } as unknown as NotifyPorts["policies"];
  await notify({ ...ports, state: { ...state, models }, policies }, { notificationId: row.id });
  const mail = server.mails.find(({ to }) => to.includes("late@example.com"));
  const text = `${mail?.parsed.text} ${mail?.parsed.html}`;
  expect(text).toContain("mist: 25");
  expect(text).not.toContain("41.2");
});
