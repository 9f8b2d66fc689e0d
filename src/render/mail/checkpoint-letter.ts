import { type Checkpoint, keyText } from "../../core/audit/checkpoint.ts";
import { instant } from "../format.ts";
import { letterHtml } from "./html.ts";
import type { Letter } from "./sections.ts";
import { letterText } from "./text.ts";

/** The mail that takes a day's checkpoint out of the machine. */
export function checkpointMail(
  checkpoint: Checkpoint,
  line: string,
): {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const { seq, hash, at, key, instance } = checkpoint;
  const subject = `[Driftward] audit checkpoint ${at.slice(0, 10)}: ${seq} record${seq === 1 ? "" : "s"}`;
  const letter: Letter = {
    headline: `The audit trail had ${seq} record${seq === 1 ? "" : "s"} at ${instant(at)}. Keep this mail: it shows later whether they are still the same.`,
    tone: "neutral",
    sections: [
      { title: "The checkpoint", code: [line] },
      {
        title: "What you can do with it",
        lines: [
          `Save this mail as a file and hold the trail against it; the key is ${keyText(key)}.`,
          "Nothing is to be done today.",
        ],
        code: ["driftward audit verify --from-checkpoint mail.eml"],
      },
    ],
    footer: [`Record ${seq} has the hash ${hash.slice(0, 16)}…; instance ${instance}. Times are UTC.`],
  };
  return {
    subject,
    text: letterText(letter),
    html: letterHtml(letter, subject, () => ""),
    headers: { "List-Id": `<audit.${instance}>`, "X-Driftward-State": "checkpoint" },
  };
}
