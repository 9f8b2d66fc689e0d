import type { LinkTo, MailNotice } from "../../core/notice.ts";
import { digestLetter, digestSubject } from "./digest-letter.ts";
import { letterHtml } from "./html.ts";
import { incidentLetter, incidentSubject } from "./incident-letter.ts";
import { digestListId, listId } from "./list-id.ts";
import { pictureSvg } from "./picture.ts";
import { policyLetter, policySubject } from "./policy-letter.ts";
import { runLetter, runSubject } from "./run-letter.ts";
import type { Chart, Letter } from "./sections.ts";
import { letterText } from "./text.ts";
import { versionLetter, versionSubject } from "./version-letter.ts";
import { watchLetter, watchSubject } from "./watch-letter.ts";

/** A mail but for whom it goes to, when, and its Message-ID. */
export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Message-ID of the first mail of the thread. */
  readonly inReplyTo?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Pictures that the HTML shows, by the Content-ID it asks for them under. */
  readonly pictures: readonly { readonly id: string; readonly svg: string }[];
}

/**
 * The mail of a notice: subject, both parts, and headers that thread and sort it.
 *
 * @param linkTo  where pages are that it can lead to; none when absent
 */
export function writeMail(notice: MailNotice, instance: string, linkTo?: LinkTo): WrittenMail {
  const [letter, subject] = written(notice, linkTo);
  const charts = letter.sections.flatMap(({ items = [] }) => items.flatMap(({ chart }) => chart ?? []));
  const pictureId = (chart: Chart) => `chart-${charts.indexOf(chart) + 1}@${instance}`;
  const thread = threadOf(notice);
  return {
    subject,
    text: letterText(letter),
    html: letterHtml(letter, subject, (chart) => `cid:${pictureId(chart)}`),
    pictures: charts.map((chart) => ({ id: pictureId(chart), svg: pictureSvg(chart) })),
    ...(thread === undefined ? {} : { inReplyTo: `${thread}@${instance}` }),
    headers: {
      "List-Id": notice.about === "digest" ? digestListId(instance) : listId(notice.model, instance),
      "X-Driftward-State": notice.kind,
      ...(notice.about === "incident" ? { "X-Driftward-Severity": notice.severity } : {}),
    },
  };
}

/** The first part of the Message-ID that a mail's thread hangs on; undefined where it is alone. */
function threadOf(notice: MailNotice): string | undefined {
  if (notice.about !== "digest") {
    if (notice.incident !== undefined) return `incident-${notice.incident}`;
    const { run } = notice.about === "run" || notice.about === "version" || notice.about === "watch" ? notice : {};
    return run === undefined ? undefined : `run-${run}`;
  }
  const [first, ...more] = notice.entries;
  return first === undefined || more.length > 0 ? "digests" : `incident-${first.notice.incident}`;
}

function written(notice: MailNotice, linkTo: LinkTo | undefined): readonly [Letter, string] {
  switch (notice.about) {
    case "digest":
      return [digestLetter(notice, linkTo), digestSubject(notice)];
    case "incident":
      return [incidentLetter(notice, linkTo), incidentSubject(notice)];
    case "policy":
      return [policyLetter(notice), policySubject(notice)];
    case "run":
      return [runLetter(notice, linkTo), runSubject(notice)];
    case "version":
      return [versionLetter(notice), versionSubject(notice)];
    case "watch":
      return [watchLetter(notice), watchSubject(notice)];
  }
}
