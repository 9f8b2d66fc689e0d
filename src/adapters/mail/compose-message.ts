import { createHash } from "node:crypto";
import type { SendMailOptions } from "nodemailer";
import type { Mail } from "../../ports/mailer.ts";
import { drawPicture } from "./draw-picture.ts";

/**
 * A header whose value is plain ASCII goes out as it is: encoded words are no part of the grammar of List-Id, and
 * nodemailer would make them of what is long. Everything else it encodes.
 */
function headerOf(
  value: string,
): string | { readonly prepared: true; readonly foldLines: true; readonly value: string } {
  return /^[ -~]*$/.test(value) ? { prepared: true, foldLines: true, value } : value;
}

/**
 * A mail as nodemailer takes it: every transport builds the same message from the same mail, byte for byte. Pictures are
 * drawn here; one that cannot be drawn is left out, and the words that stand for it are shown.
 */
export async function composeMessage(
  mail: Mail,
  from: string,
): Promise<SendMailOptions & { readonly baseBoundary: string }> {
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
    attachments: await attachPictures(mail.pictures ?? []),
    baseBoundary: createHash("sha256").update(mail.messageId).digest("hex").slice(0, 16),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

async function attachPictures(
  pictures: NonNullable<Mail["pictures"]>,
): Promise<NonNullable<SendMailOptions["attachments"]>> {
  const drawn = await Promise.all(
    pictures.map(async ({ id, svg }, index) => ({ id, index, content: await drawPicture(svg) })),
  );
  return drawn.flatMap(({ id, index, content }) =>
    content === undefined
      ? []
      : [
          {
            cid: id,
            filename: `chart-${index + 1}.png`,
            content,
            contentType: "image/png",
            contentDisposition: "inline" as const,
          },
        ],
  );
}
