import { formatPlace } from "../../core/errors.ts";
import type { NoticedRevision, PolicyNotice } from "../../core/policy/notice.ts";
import { instant } from "../format.ts";
import { plainText } from "../plain-text.ts";
import type { Letter, Section } from "./sections.ts";

/** The mail about a policy that could not be put in force: its mistakes, and what governs the model meanwhile. */
export function policyLetter(notice: PolicyNotice): Letter {
  const { model, others, inForce, problemCount } = notice;
  const also = others === 0 ? "" : ` and ${others} other model${others === 1 ? "" : "s"} of the file`;
  const mistakes = problemCount === 1 ? "a mistake" : `${problemCount} mistakes`;
  return {
    headline: `${plainText(model)}${also}: the policy was refused, it has ${mistakes}. Revision ${inForce.seq} stays in force.`,
    tone: "warning",
    sections: [
      { title: "What was refused", lines: [revision(notice.refused)] },
      mistakesOf(notice),
      {
        title: "What is in force",
        lines: [`Revision ${inForce.seq} since ${instant(inForce.since)}: ${revision(inForce)}`],
      },
      {
        title: "What you can do",
        lines: ["Mend the file; the next revision without mistakes takes effect by itself or with apply."],
        code: [`driftward validate ${plainText(notice.refused.path)}`, `driftward status ${plainText(model)}`],
      },
    ],
    footer: ["Told once for each revision. Times are UTC."],
  };
}

export function policySubject({ model }: PolicyNotice): string {
  return `[Driftward] ${plainText(model)}: policy refused`;
}

function revision({ path, commit, author }: NoticedRevision): string {
  const at = commit === undefined ? "" : ` @ ${plainText(commit.slice(0, 7))}`;
  return `${plainText(path)}${at}${author === undefined ? "" : ` by ${plainText(author)}`}`;
}

function mistakesOf({ problems, problemCount }: PolicyNotice): Section {
  const more = problemCount - problems.length;
  return {
    title: "Mistakes",
    lines: [
      ...problems.map(({ place, message, hint }) =>
        plainText(`${formatPlace(place)}: ${message}${hint === undefined ? "" : `; ${hint}`}`),
      ),
      ...(more > 0 ? [`… and ${more} more.`] : []),
    ],
  };
}
