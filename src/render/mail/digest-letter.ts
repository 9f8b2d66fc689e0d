import type { DigestEntry, DigestNotice } from "../../core/incident/digest.ts";
import type { LinkTo } from "../../core/notice.ts";
import { instant } from "../format.ts";
import { plainText } from "../plain-text.ts";
import { incidentHeadline } from "./incident-headline.ts";
import { incidentSubject } from "./incident-letter.ts";
import type { Item, Letter, Section } from "./sections.ts";

/** Incidents of a digest that are shown at most: `driftward status` shows all of a model. */
const shown = 40;

/** The mail that gathers warnings: what is open, what has ended, and what can be done about each. */
export function digestLetter({ dueAt, entries }: DigestNotice, linkTo?: LinkTo): Letter {
  const open = entries.filter(({ state }) => state !== "resolved");
  const over = entries.filter(({ state }) => state === "resolved");
  const models = [...new Set(open.map(({ notice }) => notice.model))];
  return {
    headline: headline(open.length, over.length),
    tone: open.length > 0 ? "warning" : "good",
    badge: open.length > 0 ? "▲ digest of warnings" : "✓ digest of warnings",
    sections: [
      ...list("Still open", open, linkTo),
      ...list("Ended", over, linkTo),
      ...(open.length === 0
        ? []
        : [
            {
              title: "What you can do",
              code: [
                ...open.slice(0, shown).map(({ notice }) => `driftward ack INC-${notice.incident} --note "…"`),
                ...models.slice(0, shown).map((model) => `driftward status ${plainText(model)}`),
              ],
              closing: ["Criticals are told at once, and are not in here."],
            },
          ]),
    ],
    footer: [`Warnings gathered until ${instant(dueAt)}, as notify.digest of their policies says. Times are UTC.`],
  };
}

/** A digest of one incident belongs to its thread; one of several has the thread of digests. */
export function digestSubject({ entries }: DigestNotice): string {
  const [first, ...more] = entries;
  return first !== undefined && more.length === 0 ? incidentSubject(first.notice) : "[Driftward] digest of warnings";
}

function headline(open: number, over: number): string {
  const warnings = (count: number) => `${count} warning${count === 1 ? "" : "s"}`;
  if (open === 0) return `${warnings(over)} ended; none of these is open.`;
  return over === 0
    ? `${warnings(open)} ${open === 1 ? "is" : "are"} open.`
    : `${warnings(open)} ${open === 1 ? "is" : "are"} open, ${over} ended.`;
}

function list(title: string, entries: readonly DigestEntry[], linkTo: LinkTo | undefined): readonly Section[] {
  if (entries.length === 0) return [];
  const more = entries.length - shown;
  return [
    {
      title,
      items: entries.slice(0, shown).map((entry) => itemOf(entry, linkTo)),
      ...(more > 0 ? { closing: [`… and ${more} more: driftward status MODEL lists them.`] } : {}),
    },
  ];
}

function itemOf({ state, acknowledgedBy, notice }: DigestEntry, linkTo: LinkTo | undefined): Item {
  const address = linkTo?.({ about: "incident", number: notice.incident });
  const by = acknowledgedBy === undefined ? "" : ` by ${plainText(acknowledgedBy)}`;
  return {
    title: `INC-${notice.incident}`,
    aside:
      state === "acknowledged" ? `taken on${by}` : state === "firing" ? `since ${instant(notice.openedAt)}` : "ended",
    lines: [incidentHeadline(notice)],
    small: `rule "${plainText(notice.rule.rule)}", ${plainText(notice.rule.place)}`,
    ...(address === undefined ? {} : { link: { label: `Look at INC-${notice.incident}`, address } }),
  };
}
