import type { NoticeEvent } from "./notice-event.ts";

const marks = { critical: "🔴", warning: "🟠", good: "🟢", neutral: "⚪" } as const;

/** What Slack takes in one text of a block, and in a header. */
const longest = { section: 3_000, header: 150 } as const;

/**
 * A notice as a message of Slack's incoming webhooks, which Mattermost and others take too. Names come from outside:
 * headers and facts are plain text, and what is marked up is escaped, so that no name calls a channel or makes a link.
 */
export function slackMessage(event: NoticeEvent): Readonly<Record<string, unknown>> {
  const { tone, title, headline, data, subject } = event;
  const place = placeOf(data);
  const facts = [subject, ...(place === undefined ? [] : [place])].join(" · ");
  return {
    text: escaped(`${marks[tone]} ${title}: ${headline}`),
    blocks: [
      { type: "header", text: plain(`${marks[tone]} ${title}`, longest.header) },
      { type: "section", text: plain(headline, longest.section) },
      { type: "context", elements: [plain(facts, longest.section)] },
    ],
  };
}

/** Where the rule stands that led to it. */
function placeOf({ rule }: NoticeEvent["data"]): string | undefined {
  const place = typeof rule === "object" && rule !== null && "place" in rule ? rule.place : undefined;
  return typeof place === "string" ? place : undefined;
}

function plain(text: string, most: number) {
  const cut = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return { type: "plain_text", text: cut.toWellFormed(), emoji: false };
}

/** Keeps two characters apart that would be read as one thing, and shows nothing. */
const joiner = "\u2060";

/**
 * Of the text that stands where blocks are not shown. Slack calls people by `<!here>` only; Mattermost and Rocket.Chat also by
 * `@here`, and they make links of Markdown and of addresses.
 */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/(?<![\p{L}\p{N}._+-])@(?=\S)/gu, `@${joiner}`)
    .replaceAll("](", `]${joiner}(`)
    .replaceAll("://", `:${joiner}//`)
    .replaceAll(/\bwww\./giu, (found) => `${found.slice(0, 3)}${joiner}.`);
}
