import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createSmtpMailer } from "../../../src/adapters/mail/smtp-mailer.ts";
import type { DigestNotice } from "../../../src/core/incident/digest.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import type { MailNotice } from "../../../src/core/notice.ts";
import { writeMail } from "../../../src/render/mail/write-mail.ts";
import { instance, notices } from "../../render/mail/notices.ts";
import { openSmtpServer, type TestSmtpServer } from "../../support/smtp-server.ts";
import { threadMails } from "../../support/thread-mails.ts";

let server: TestSmtpServer;
let mailer: ReturnType<typeof createSmtpMailer>;
beforeAll(async () => {
  server = await openSmtpServer();
  mailer = createSmtpMailer({ url: server.url, from: "Driftward <driftward@example.com>" });
});
afterAll(async () => {
  await mailer.close();
  await server.kill();
});

const opened = notices["drift-opened"] as IncidentNotice;
const of = (incident: number, more: Partial<IncidentNotice> = {}): IncidentNotice => ({ ...opened, incident, ...more });
const digestOf = (...told: readonly IncidentNotice[]): DigestNotice => ({
  ...{ about: "digest", kind: "digest", dueAt: "2026-05-05T08:00:00.000Z" },
  entries: told.map((notice) => ({ state: "firing", acknowledgedBy: undefined, notice })),
});

/** Sends them all, in any order, and threads what came over the wire. */
async function threadsOf(mails: Readonly<Record<string, MailNotice>>): Promise<readonly (readonly string[])[]> {
  const before = server.mails.length;
  for (const [name, notice] of Object.entries(mails))
    await mailer.send({
      ...writeMail(notice, instance),
      ...{ to: "owner@example.com", date: new Date(), messageId: `${name}@${instance}` },
    });
  const received = server.mails.slice(before).map(({ parsed }) => ({
    messageId: (parsed.messageId ?? "").replace(/^<|@.*$/g, ""),
    subject: parsed.subject ?? "",
    references: [parsed.references ?? []].flat(),
    inReplyTo: parsed.inReplyTo,
  }));
  return threadMails(received.toReversed()).map((thread) => [...thread].sort());
}

test("all that is said of an incident is one thread, whatever else is said", async () => {
  const run = notices["run-promoted"];
  const approval = notices["run-approval"];
  const policy = notices["policy-refused"];
  if (run === undefined || approval === undefined || policy === undefined) throw new Error("no such notice");
  const raised = { severity: "critical" } as const;
  const threads = await threadsOf({
    "incident-12.opened.1": of(12),
    "incident-12.repeated.1": of(12, { kind: "repeated" }),
    "incident-12.repeated.2.1": of(12, { kind: "repeated", ...raised }),
    "incident-12.escalated.1": of(12, { kind: "escalated" }),
    "digest-of-12": digestOf(of(12, { kind: "repeated" })),
    "incident-12.resolved.1": of(12, { kind: "resolved", resolution: "the rule no longer holds" }),
    "incident-13.opened.1": of(13),
    "incident-13.resolved.1": of(13, { kind: "resolved" }),
    "digest-of-both": digestOf(of(12), of(13)),
    "digest-of-others": digestOf(of(14), of(15)),
    "run-3.promoted.1": { ...run, incident: 12 } as MailNotice,
    "run-4.approval.1": approval,
    "policy-refused": policy,
  });
  expect(threads.map((thread) => thread.join(" ")).toSorted()).toEqual([
    "digest-of-12 incident-12.escalated.1 incident-12.opened.1 incident-12.repeated.1 incident-12.repeated.2.1 incident-12.resolved.1 run-3.promoted.1",
    "digest-of-both digest-of-others",
    "incident-13.opened.1 incident-13.resolved.1",
    "policy-refused",
    "run-4.approval.1",
  ]);
});

test("an incident's mails have one subject, which programs that thread by it go by", () => {
  const subjects = (["opened", "repeated", "escalated", "resolved"] as const).map(
    (kind) => writeMail(of(12, { kind }), instance).subject,
  );
  expect(new Set([...subjects, writeMail(digestOf(of(12)), instance).subject]).size).toBe(1);
});

test("the threader tells apart what does not belong together", () => {
  const mail = (messageId: string, references: readonly string[], subject = messageId) => ({
    ...{ messageId, references, subject },
  });
  expect(threadMails([mail("b", ["a"]), mail("c", ["a", "b"]), mail("x", ["y"])])).toEqual([["b", "c"], ["x"]]);
  expect(threadMails([mail("b", [], "Re: hello"), mail("c", [], "hello")])).toEqual([["b", "c"]]);
});
