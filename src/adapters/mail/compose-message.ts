import type { SendMailOptions } from "nodemailer";
import type { Mail } from "../../ports/mailer.ts";

/**
 * A header whose value is plain ASCII goes out as it is: encoded words are no part of the grammar of List-Id, and
 * nodemailer would make them of what is long. Everything else it encodes.
 */
function headerOf(
  value: string,
): string | { readonly prepared: true; readonly foldLines: true; readonly value: string } {
  return /^[ -~]*$/.test(value) ? { prepared: true, foldLines: true, value } : value;
}

/** A mail as nodemailer takes it: every transport builds the same message from the same mail. */
export function composeMessage(mail: Mail, from: string): SendMailOptions {
  const root =
    mail.inReplyTo === undefined ? {} : { inReplyTo: `<${mail.inReplyTo}>`, references: [`<${mail.inReplyTo}>`] };
  return {
    from,
    to: mail.to,
    date: mail.date,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: `<${mail.messageId}>`,
    ...root,
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      ...Object.fromEntries(Object.entries(mail.headers).map(([name, value]) => [name, headerOf(value)])),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
