import type { RuleOutcome } from "../drift/judge.ts";
import { gatheredUntil } from "../incident/digest.ts";
import type { Policy } from "../policy/policy.ts";
import type { ReplayedMail } from "./replay.ts";

/** What is said in a replay, and of which rule. */
export interface ReplayedWord {
  readonly at: Date;
  readonly outcome: Pick<RuleOutcome, "rule" | "severity">;
  readonly kind: Exclude<ReplayedMail["kind"], "digest">;
  /** Which of those whom the policy names hear it; all of them when absent. */
  readonly hears?: (recipient: string) => boolean;
}

/** Adds to `mails` what the policy's recipients get of it: at once, or with the digest that gathers it. */
export function tellReplayed(mails: ReplayedMail[], { notify }: Policy, word: ReplayedWord): void {
  const { at, kind, outcome, hears = () => true } = word;
  const { rule, severity } = outcome;
  const until = (recipient: string): Date | undefined =>
    kind === "ended" ? undefined : gatheredUntil(notify, { kind, severity, recipient }, at);
  const recipients = notify[severity].filter(hears);
  const atOnce = recipients.filter((recipient) => until(recipient) === undefined);
  const about = kind === "ended" ? "run" : "incident";
  if (atOnce.length > 0) mails.push({ at, kind, rule, recipients: atOnce, about });
  for (const recipient of recipients) {
    const due = until(recipient);
    if (due !== undefined) gather(mails, { at: due, kind: "digest", rule, recipients: [recipient], about });
  }
}

/** One digest for each recipient and time. */
function gather(mails: ReplayedMail[], mail: ReplayedMail): void {
  const [recipient] = mail.recipients;
  const is = (one: ReplayedMail): boolean =>
    one.kind === "digest" && one.at.getTime() === mail.at.getTime() && one.recipients[0] === recipient;
  if (!mails.some(is)) mails.push(mail);
}
