import type { IncidentNotice } from "../../core/incident/notice.ts";
import type { RunNotice } from "../../core/run/notice.ts";
import { plainText } from "../plain-text.ts";
import { letterHtml } from "./html.ts";
import { incidentLetter, incidentSubject } from "./incident-letter.ts";
import { runLetter, runSubject } from "./run-letter.ts";
import { letterText } from "./text.ts";

/** A mail but for whom it goes to, when, and its Message-ID. */
export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Message-ID of the first mail of the thread. */
  readonly inReplyTo?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The mail of a notice: subject, both parts, and headers that thread and sort it. */
export function writeMail(notice: IncidentNotice | RunNotice, instance: string): WrittenMail {
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
