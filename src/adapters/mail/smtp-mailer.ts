import { createTransport } from "nodemailer";
import { DriftwardError } from "../../core/errors.ts";
import type { Mail, Mailer } from "../../ports/mailer.ts";
import { composeMessage } from "./compose-message.ts";

/** Wall time for each step of the talk with the server. */
const timeoutMs = 15_000;

/**
 * Sends mail through an SMTP server.
 *
 * @param options.url   `smtp://user:password@host:587` or `smtps://…`
 * @param options.from  address, with a display name or without
 */
export function createSmtpMailer(options: { readonly url: string; readonly from: string }): Mailer & {
  verify(): Promise<void>;
  close(): Promise<void>;
} {
  const transport = createTransport({
    url: options.url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs * 2,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const orFail = async (step: string, talk: () => Promise<unknown>) => {
    try {
      await talk();
    } catch (error) {
      throw new DriftwardError("DeliveryFailed", `${step} failed: ${(error as Error).message}`, {
        hint: "check mail.smtp of driftward.yaml; the mail is kept and tried again",
        cause: error,
      });
    }
  };
  return {
    send: (mail: Mail) =>
      orFail(`sending mail to ${mail.to}`, async () => transport.sendMail(await composeMessage(mail, options.from))),
    verify: () => orFail("reaching the SMTP server", () => transport.verify()),
    close: async () => transport.close(),
  };
}
