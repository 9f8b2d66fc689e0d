import type { SendMailOptions } from "nodemailer";
import type { Mail } from "../../ports/mailer.ts";

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
      ...mail.headers,
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
