import type { IncidentNotice } from "../../core/incident/notice.ts";
import type { RunNotice } from "../../core/run/notice.ts";
import type { Mail } from "../../ports/mailer.ts";
import { plainText } from "../plain-text.ts";
import { letterHtml } from "./html.ts";
import { incidentLetter, incidentSubject } from "./incident-letter.ts";
import { runLetter, runSubject } from "./run-letter.ts";
import { letterText } from "./text.ts";

/** The mail of a notice: subject, both parts, and headers that thread and sort it. */
export function writeMail(notice: IncidentNotice | RunNotice, instance: string): Omit<Mail, "to" | "messageId"> {
  const [letter, subject] =
    notice.about === "incident"
      ? [incidentLetter(notice), incidentSubject(notice)]
      : [runLetter(notice), runSubject(notice)];
  const thread = notice.incident === undefined ? undefined : `incident-${notice.incident}@${instance}`;
  return {
    subject,
    text: letterText(letter),
    html: letterHtml(letter, subject),
    ...(thread === undefined ? {} : { inReplyTo: thread }),
    headers: {
      "List-Id": listId(notice.model, instance),
      "X-Driftward-State": notice.kind,
      ...(notice.about === "incident" ? { "X-Driftward-Severity": notice.severity } : {}),
    },
  };
}

/** RFC 2919: a phrase for people and a dotted name of letters, digits and hyphens. */
function listId(model: string, instance: string): string {
  const label =
    model
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, "-")
      .replace(/^-+|-+$/g, "") || "model";
  return `"${plainText(model).replace(/["\\]/g, "")}" <${label}.models.${instance}>`;
}
