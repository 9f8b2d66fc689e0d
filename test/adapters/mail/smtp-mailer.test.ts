import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { simpleParser } from "mailparser";
import { createOutboxMailbox } from "../../../src/adapters/mail/outbox-mailbox.ts";
import { createOutboxMailer } from "../../../src/adapters/mail/outbox-mailer.ts";
import { createSmtpMailer } from "../../../src/adapters/mail/smtp-mailer.ts";
import type { Finding } from "../../../src/core/drift/finding.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import type { RunNotice } from "../../../src/core/run/notice.ts";
import type { Mail } from "../../../src/ports/mailer.ts";
import { writeMail } from "../../../src/render/mail/write-mail.ts";
import { instance, notices } from "../../render/mail/notices.ts";
import { hostileNames } from "../../support/hostile-names.ts";
import { openSmtpServer, type ReceivedMail, type TestSmtpServer } from "../../support/smtp-server.ts";

const from = "Driftward <driftward@example.com>";
const date = new Date("2026-05-04T00:10:00Z");

let server: TestSmtpServer;
let mailer: ReturnType<typeof createSmtpMailer>;
beforeAll(async () => {
  server = await openSmtpServer();
  mailer = createSmtpMailer({ url: server.url, from });
});
afterEach(() => server.answer("accept"));
afterAll(async () => {
  await mailer.close();
  await server.kill();
});

function mailOf(notice: Parameters<typeof writeMail>[0], messageId = "incident-12.opened.1@here"): Mail {
  return { ...writeMail(notice, instance), to: "owner@example.com", date, messageId };
}

function notice(name: string): IncidentNotice {
  const found = notices[name];
  if (found?.about !== "incident") throw new Error(name);
  return found;
}

async function sent(mail: Mail): Promise<ReceivedMail> {
  await mailer.send(mail);
  const received = server.mails.at(-1);
  if (received === undefined) throw new Error("nothing was received");
  return received;
}

const allowed = [
  "auto-submitted",
  "content-type",
  "date",
  "from",
  "in-reply-to",
  "list-id",
  "message-id",
  "mime-version",
  "references",
  "subject",
  "to",
  "x-auto-response-suppress",
  "x-driftward-severity",
  "x-driftward-state",
];

/** Names of the headers as they came over the wire, without their continuation lines. */
function headerNames({ raw }: ReceivedMail): readonly string[] {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).split("\r\n");
  return head
    .filter((line) => !/^[ \t]/.test(line))
    .map((line) => line.slice(0, line.indexOf(":")).toLowerCase())
    .toSorted();
}

describe("a mail as a server gets it", () => {
  test("has the allowed headers and no others, each once", async () => {
    const received = await sent(mailOf(notice("drift-opened")));
    expect(headerNames(received)).toEqual(allowed);
    expect([received.from, received.to]).toEqual(["driftward@example.com", ["owner@example.com"]]);
    expect(received.parsed.date).toEqual(date);
    expect(received.parsed.messageId).toBe("<incident-12.opened.1@here>");
    expect(received.parsed.headers.get("auto-submitted")).toBe("auto-generated");
    expect(received.parsed.subject).toBe("[Driftward] churn/NL: inputs drifted (INC-12)");
  });

  test("has both parts, as they were written, and only its pictures attached", async () => {
    const mail = mailOf(notice("drift-opened"));
    const { raw, parsed } = await sent(mail);
    const { html, attachments } = await simpleParser(raw, { keepCidLinks: true });
    expect(parsed.text?.trimEnd()).toBe(mail.text.trimEnd());
    expect(String(html).trim()).toBe(mail.html.trim());
    const ids = [...mail.html.matchAll(/src="cid:([^"]+)"/g)].map(([, id]) => `<${id}>`);
    expect(ids).toEqual([`<chart-1@${instance}>`, `<chart-2@${instance}>`]);
    expect(attachments.map(({ contentId }) => contentId)).toEqual(ids);
    for (const { content, contentType, contentDisposition } of attachments) {
      expect([contentType, contentDisposition]).toEqual(["image/png", "inline"]);
      expect(content.subarray(1, 4).toString()).toBe("PNG");
      expect(content.length).toBeLessThan(30_000);
    }
    // Twice as wide as it is shown, for fine screens.
    expect(attachments[0]?.content.readUInt32BE(16)).toBe(880);
    expect(parsed.headers.get("content-type")).toMatchObject({ value: "multipart/alternative" });
  });

  test("a mail without charts has nothing attached", async () => {
    const { parsed } = await sent(mailOf(notice("drift-resolved")));
    expect(notice("drift-resolved").findings.some(({ evidence }) => evidence.labels.length > 0)).toBe(false);
    expect(parsed.attachments).toEqual([]);
  });

  test("a picture that cannot be drawn costs the picture, not the mail", async () => {
    const mail = { ...mailOf(notice("drift-opened")), pictures: [{ id: "x@y", svg: "<svg" }] };
    const { parsed } = await sent(mail);
    expect(parsed.attachments).toEqual([]);
    expect(String(parsed.html)).toContain('alt="income, baseline against live: median 41.2');
  });

  test("all mails of an incident hang on one root, those of its runs too; a run of none has its own", async () => {
    const root = `<incident-7@${instance}>`;
    for (const name of ["performance-opened", "run-promoted", "run-rejected"]) {
      const found = notices[name];
      if (found === undefined) throw new Error(name);
      const { parsed } = await sent(mailOf(found, `${name}@here`));
      expect([name, parsed.inReplyTo, [parsed.references].flat()]).toEqual([name, root, [root]]);
      expect(parsed.messageId).not.toBe(root);
    }
    const alone = notices["run-approval"];
    if (alone === undefined) throw new Error("run-approval");
    const { parsed } = await sent(mailOf(alone));
    const own = `<run-3@${instance}>`;
    expect([parsed.inReplyTo, parsed.references]).toEqual([own, own]);
  });

  test("an incident's subject stays the same from its beginning to its end", async () => {
    const [opened, resolved] = [
      await sent(mailOf(notice("drift-opened"))),
      await sent(mailOf(notice("drift-resolved"))),
    ];
    expect(resolved.parsed.subject).toBe(opened.parsed.subject);
  });

  test("a long subject is folded, and comes back whole", async () => {
    const rule = `${"länger als eine Zeile ".repeat(12)}`.trim();
    const mail = mailOf({ ...notice("drift-opened"), rule: { ...notice("drift-opened").rule, rule } });
    const { raw, parsed } = await sent(mail);
    expect(parsed.subject).toBe(mail.subject);
    expect(mail.subject.length).toBeLessThan(330);
    for (const line of raw.slice(0, raw.indexOf("\r\n\r\n")).split("\r\n")) expect(line.length).toBeLessThan(998);
  });

  test.each([
    ["churn", "churn"],
    ["churn/NL", "churn-nl-680214b7"],
    ["Churn", "churn-[0-9a-f]{8}"],
    ["a.b_c", "a-b-c-[0-9a-f]{8}"],
    ["x".repeat(100), "x{54}-[0-9a-f]{8}"],
    ["—", "[0-9a-f]{8}"],
  ])("the List-Id of %s is a name of its own", async (model, label) => {
    const { parsed, raw } = await sent(mailOf({ ...notice("drift-opened"), model }));
    const unfolded = raw.slice(0, raw.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
    const line = /^List-ID:\s*(.*?)\r$/im.exec(unfolded)?.[1];
    expect(line).toMatch(new RegExp(`^"[ -~]+" <${label}\\.models\\.[0-9a-f-]{36}>$`));
    expect(
      line
        ?.match(/<(.*)>/)?.[1]
        ?.split(".")
        .every((part) => part.length <= 63),
    ).toBe(true);
    expect(parsed.headers.has("list")).toBe(true);
  });
});

describe("hostile names", () => {
  const income = notice("drift-opened").findings[0] as Finding;

  function hostile(name: string): IncidentNotice {
    const base = notice("drift-opened");
    return {
      ...base,
      model: name,
      version: name,
      rule: {
        ...base.rule,
        rule: name,
        when: `drift.feature("${name}").drifted`,
        place: name,
        values: { [name]: true },
      },
      policy: { path: name, commit: name },
      findings: [
        { ...income, feature: name, direction: `${name}: 1 % → 90 %` },
        {
          ...income,
          feature: name,
          evidence: { kind: "categorical", labels: [name, "other"], baseline: [1, 99], window: [90, 10] },
        },
      ],
      quality: [{ feature: name, segment: "", kind: "vanished", severity: "critical", message: `${name} is gone` }],
      withoutPerformance: name,
      did: [name],
    };
  }

  function hostileRun(name: string): RunNotice {
    const base = notices["run-rejected"];
    if (base?.about !== "run") throw new Error("run-rejected");
    const gates = [{ gate: name, outcome: "fail" as const, reason: name }];
    return { ...base, model: name, champion: name, candidate: name, trainer: name, reason: name, outcome: name, gates };
  }

  /** Tags that a page of ours has; a name that became markup would add to them, or to their attributes. */
  function shapeOf(html: string): string {
    return [...html.matchAll(/<[a-z!/][^>]*>/gi)].map(([tag]) => tag.replace(/(?:style|alt)="[^"]*"/g, "")).join("");
  }

  test("there are enough of them", () => expect(new Set(hostileNames).size).toBeGreaterThanOrEqual(150));

  const plain = shapeOf(writeMail(hostile("plain"), instance).html);
  const plainRun = shapeOf(writeMail(hostileRun("plain"), instance).html);

  test("add no tag, no attribute and no control character to any part", () => {
    for (const name of hostileNames) {
      for (const [made, shape] of [
        [writeMail(hostile(name), instance), plain],
        [writeMail(hostileRun(name), instance), plainRun],
      ] as const) {
        // What has no text at all is left out.
        if (name !== "") expect([name.slice(0, 40), shapeOf(made.html) === shape]).toEqual([name.slice(0, 40), true]);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the test
        const hidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
        for (const part of [made.subject, made.text, made.html, ...Object.values(made.headers)])
          expect([name.slice(0, 40), hidden.test(part)]).toEqual([name.slice(0, 40), false]);
        expect(made.subject).not.toContain("\n");
        expect(Buffer.byteLength(made.html)).toBeLessThan(100_000);
      }
    }
  });

  test("add no header and no recipient, over the wire", async () => {
    for (const name of hostileNames) {
      const received = await sent(mailOf(hostile(name)));
      expect([name.slice(0, 40), headerNames(received)]).toEqual([name.slice(0, 40), allowed]);
      expect(received.to).toEqual(["owner@example.com"]);
      expect(received.parsed.subject?.startsWith("[Driftward] ")).toBe(true);
      expect(received.parsed.attachments.map(({ filename }) => filename)).toEqual(["chart-1.png", "chart-2.png"]);
      expect(
        [...received.raw].every(
          (character) => character === "\r" || character === "\n" || character >= " " || character === "\t",
        ),
      ).toBe(true);
    }
  }, 60_000);
});

describe("a server that does not take it", () => {
  test.each(["refuse", "later"] as const)("%s: the error says to whom and what was said", async (how) => {
    server.answer(how);
    await expect(mailer.send(mailOf(notice("drift-opened")))).rejects.toMatchObject({
      code: "DeliveryFailed",
      message: expect.stringMatching(/^sending mail to owner@example.com failed: .*(no such mailbox|try again later)/),
      hint: expect.stringContaining("mail.smtp"),
    });
  });

  test("dies and comes back: what was sent meanwhile is an error, and the next mail goes through", async () => {
    await sent(mailOf(notice("drift-opened")));
    const before = server.mails.length;
    await server.kill();
    await expect(mailer.send(mailOf(notice("drift-opened")))).rejects.toMatchObject({ code: "DeliveryFailed" });
    await server.restart();
    await mailer.send(mailOf(notice("drift-opened")));
    expect(server.mails.length).toBe(before + 1);
    await expect(mailer.verify()).resolves.toBeUndefined();
  });

  test("a server that is not there fails the probe", async () => {
    const nobody = createSmtpMailer({ url: "smtp://127.0.0.1:1", from });
    await expect(nobody.verify()).rejects.toMatchObject({ code: "DeliveryFailed" });
    await nobody.close();
  });
});

describe("the outbox folder", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dw-outbox-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("keeps the same message that a server would get, once however often it is sent", async () => {
    const outbox = createOutboxMailer({ folder: join(folder, "a"), from });
    const mail = mailOf(notice("drift-opened"));
    await outbox.send(mail);
    await outbox.send(mail);
    const files = await readdir(join(folder, "a"));
    expect(files).toEqual([expect.stringMatching(/^incident-12\.opened\.1-[0-9a-f]{12}\.eml$/)]);
    const kept = await readFile(join(folder, "a", files[0] ?? ""), "utf8");
    const received = await sent(mail);
    expect(kept.trimEnd()).toBe(received.raw.trimEnd());
  });

  test("reads them back, oldest first", async () => {
    const outbox = createOutboxMailer({ folder: join(folder, "b"), from });
    const ids = ["c@x", "a@x", "b@x"];
    for (const [index, messageId] of ids.entries())
      await outbox.send({
        ...mailOf(notice("drift-opened"), messageId),
        date: new Date(date.getTime() + (index % 2) * 1_000),
      });
    const mails = await createOutboxMailbox(join(folder, "b")).list();
    expect(mails.map(({ messageId }) => messageId)).toEqual(["<b@x>", "<c@x>", "<a@x>"]);
    expect(mails[0]).toMatchObject({ to: "owner@example.com", subject: expect.stringContaining("INC-12") });
    expect(mails[0]?.pictures).toBe(2);
    expect(mails[0]?.html.match(/src="data:image\/png;base64,/g)).toHaveLength(2);
    expect(await createOutboxMailbox(join(folder, "none")).list()).toEqual([]);
  });

  test("a hostile Message-ID stays in the folder", async () => {
    const outbox = createOutboxMailer({ folder: join(folder, "c"), from });
    await outbox.send(mailOf(notice("drift-opened"), "../../../etc/x@y"));
    expect(await readdir(join(folder, "c"))).toHaveLength(1);
  });
});
