import { escape as escapeHtml } from "html-escaper";
import type { RunNotice } from "../../core/run/notice.ts";
import { runLetter, runSubject } from "../mail/run-letter.ts";
import { plainText } from "../plain-text.ts";
import { type FormParts, formHtml, secretField, textField } from "./form.ts";
import { eventsHtml, type PageEvent } from "./incident-page.ts";
import { headerHtml, pageHtml, sectionHtml } from "./page.ts";

export interface RunPage extends FormParts {
  readonly notice: RunNotice;
  readonly state: string;
  /** Whether it waits for somebody's word. */
  readonly waits: boolean;
  readonly events: readonly PageEvent[];
  readonly recipient: string;
  readonly said: string | undefined;
}

/** A run as a page: what its mail says, its gates, and forms for the word of whoever has a token. */
export function runPage(page: RunPage): string {
  const letter = runLetter(page.notice);
  return pageHtml(
    runSubject(page.notice),
    [
      headerHtml(letter, page.said),
      `<section><h2>Where it stands</h2><p><strong>Run ${page.notice.run} is ${escapeHtml(page.state)}.</strong></p>${eventsHtml(page.events)}</section>`,
      ...(page.waits ? [wordHtml(page)] : []),
      ...letter.sections.map(sectionHtml),
      `<footer>${letter.footer.map(escapeHtml).join("<br>")}<br>This page was opened by the link of ${escapeHtml(plainText(page.recipient))}.</footer>`,
    ].join("\n"),
  );
}

function wordHtml(page: RunPage): string {
  const fields = `${textField("reason", "Why", true)}${secretField("token", "Your token (role approver)")}`;
  return `<section><h2>Your word</h2>${formHtml(page, { act: "approve", button: "Approve", fields })}${formHtml(page, { act: "reject", button: "Reject", fields, no: true })}<p class="small">The link only shows this page: a word needs a token, and is recorded under the token's name.</p></section>`;
}
