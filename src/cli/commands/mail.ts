import type { Command } from "commander";
import { DriftwardError } from "../../core/errors.ts";
import type { KeptMail } from "../../ports/mailer.ts";
import { instant } from "../../render/format.ts";
import { plainTable } from "../../render/plain-table.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";

interface Options {
  readonly raw?: true;
  readonly html?: true;
  readonly json?: true;
}

const example = `
Examples:
  $ driftward mail            list what was sent, oldest first
  $ driftward mail 3          show the third
  $ driftward mail 3 --raw    as it would go over the wire (.eml)`;

/** `driftward mail`: the outbox folder that stands in for an SMTP server. */
export function addMailCommand(program: Command, context: CliContext): void {
  program
    .command("mail")
    .description("list and show the mails in the outbox folder (used while no SMTP server is configured)")
    .argument("[number]", "the mail to show, as the list numbers it")
    .option("--raw", "show the message as it is")
    .option("--html", "show the HTML part")
    .option("--json", "print JSON of schema driftward/mail/v1")
    .addHelpText("after", example)
    .action(async (number: string | undefined, options: Options, command: Command) => {
      const config = context.config(command.optsWithGlobals().config);
      const mails = await (await context.openMailbox(config)).list();
      context.out(number === undefined ? listed(mails, options) : shown(pick(mails, number), options));
    });
}

function listed(mails: readonly KeptMail[], { json }: Options): string {
  if (json) {
    const list = mails.map(({ raw: _, text: __, html: ___, ...mail }, index) => ({ number: index + 1, ...mail }));
    return `${JSON.stringify({ schema: "driftward/mail/v1", mails: list })}\n`;
  }
  if (mails.length === 0) return "No mail has been kept: none was due, or an SMTP server is configured.\n";
  const rows = mails.map((mail, index) => [
    String(index + 1),
    instant(mail.date),
    plainText(mail.to),
    plainText(mail.subject),
  ]);
  return `${plainTable(["", "when", "to", "subject"], rows)}\n`;
}

function pick(mails: readonly KeptMail[], number: string): KeptMail {
  const mail = /^\d+$/.test(number) ? mails[Number(number) - 1] : undefined;
  if (mail === undefined)
    throw new DriftwardError("NotFound", `expected a number from 1 to ${mails.length}, got "${number}"`, {
      hint: "`driftward mail` lists what there is",
    });
  return mail;
}

function shown(mail: KeptMail, { raw, html, json }: Options): string {
  if (json) return `${JSON.stringify({ schema: "driftward/mail/v1", mail })}\n`;
  if (raw) return mail.raw;
  if (html) return mail.html;
  const seen = mail.pictures === 0 ? "" : `Pictures: ${mail.pictures}, which --html and ${mail.file} show\n`;
  return `To: ${plainText(mail.to)}\nDate: ${mail.date.toISOString()}\nSubject: ${plainText(mail.subject)}\n${seen}\n${mail.text}`;
}
