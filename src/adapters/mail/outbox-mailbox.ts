import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import type { KeptMail, Mailbox } from "../../ports/mailer.ts";

/** Reads the mails that the outbox mailer kept. A folder that is not there holds none. */
export function createOutboxMailbox(folder: string): Mailbox {
  return {
    async list() {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".eml"));
      const mails = await Promise.all(names.map((name) => readMail(join(folder, name))));
      return mails.sort((one, other) => one.date.getTime() - other.date.getTime() || (one.file < other.file ? -1 : 1));
    },
  };
}

async function readMail(file: string): Promise<KeptMail> {
  const raw = await readFile(file);
  const mail = await simpleParser(raw);
  const to = [mail.to ?? []].flat().map((address) => address.text);
  return {
    file,
    date: mail.date ?? new Date(0),
    to: to.join(", "),
    subject: mail.subject ?? "",
    messageId: mail.messageId ?? "",
    text: mail.text ?? "",
    html: mail.html || "",
    pictures: mail.attachments.filter(({ contentType }) => contentType === "image/png").length,
    raw: raw.toString("utf8"),
  };
}
