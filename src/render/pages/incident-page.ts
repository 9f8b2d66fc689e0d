import { escape as escapeHtml } from "html-escaper";
import type { IncidentNotice } from "../../core/incident/notice.ts";
import { instant } from "../format.ts";
import { incidentLetter, incidentSubject } from "../mail/incident-letter.ts";
import { plainText } from "../plain-text.ts";
import { type FormParts, formHtml, spanField, textField } from "./form.ts";
import { headerHtml, pageHtml, sectionHtml } from "./page.ts";

/** Something that happened to an incident or a run. */
export interface PageEvent {
  readonly at: Date;
  readonly what: string;
}

export interface IncidentPage extends FormParts {
  /** What was said of it last. */
  readonly notice: IncidentNotice;
  readonly state: "firing" | "acknowledged" | "resolved";
  readonly events: readonly PageEvent[];
  readonly recipient: string;
  /** What was just done here, in a sentence. */
  readonly said: string | undefined;
}

const stateWords = {
  firing: "It goes on, and nobody has taken it on.",
  acknowledged: "It goes on; somebody has taken it on.",
  resolved: "It has ended.",
} as const;

/** An incident as a page: what its mail says, with its history, and forms for what its recipient may do. */
export function incidentPage(page: IncidentPage): string {
  const { notice, state, said, recipient } = page;
  const letter = incidentLetter(notice);
  return pageHtml(
    incidentSubject(notice),
    [
      headerHtml(letter, said),
      `<section><h2>Where it stands</h2><p><strong>${stateWords[state]}</strong></p>${eventsHtml(page.events)}</section>`,
      ...(state === "resolved" ? [] : [actsHtml(page)]),
      ...letter.sections.map(sectionHtml),
      `<footer>${letter.footer.map(escapeHtml).join("<br>")}<br>This page was opened by the link of ${escapeHtml(plainText(recipient))}; what is done here is recorded under that address.</footer>`,
    ].join("\n"),
  );
}

/** Oldest first. */
export function eventsHtml(events: readonly PageEvent[]): string {
  const rows = [...events]
    .sort((one, other) => one.at.getTime() - other.at.getTime())
    .map(
      ({ at, what }) =>
        `<li><time datetime="${at.toISOString()}">${instant(at)}</time><span>${escapeHtml(plainText(what))}</span></li>`,
    );
  return `<ol>${rows.join("")}</ol>`;
}

function actsHtml(page: IncidentPage): string {
  const taken =
    page.state === "firing"
      ? formHtml(page, {
          act: "acknowledge",
          button: "Take it on",
          fields: textField("note", "What you found, or will do (optional)", false),
        })
      : "";
  const silenced = formHtml(page, {
    act: "silence",
    button: "Silence it",
    fields: `${spanField()}${textField("reason", "Why", true)}`,
  });
  return `<section><h2>What you can do here</h2>${taken}${silenced}<p class="small">A silence mutes this rule of this model; it is recorded all the same.</p></section>`;
}
