import { createHash } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import type { Mail, Mailer } from "../../ports/mailer.ts";
import { composeMessage } from "./compose-message.ts";

/**
 * Keeps mail as .eml files in a folder: what a machine without an SMTP server does. The file is named for the
 * Message-ID, so the same mail sent twice is one file.
 */
export function createOutboxMailer(options: { readonly folder: string; readonly from: string }): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  return {
    async send(mail: Mail) {
      const { message } = await transport.sendMail(await composeMessage(mail, options.from));
      await mkdir(options.folder, { recursive: true });
      const file = join(options.folder, `${fileName(mail.messageId)}.eml`);
      const aside = `${file}.${process.pid}.tmp`;
      await writeFile(aside, message);
      await rename(aside, file);
    },
  };
}

/** A name that any file system takes: readable where the id is, unique always. */
function fileName(messageId: string): string {
  const digest = createHash("sha256").update(messageId).digest("hex").slice(0, 12);
  return `${messageId
    .replace(/@.*$/, "")
    .replace(/[^A-Za-z0-9.-]/g, "_")
    .slice(0, 60)}-${digest}`;
}
