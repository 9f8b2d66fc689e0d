import type { EstimateFacts } from "../../core/policy/facts.ts";
import type { RunNotice } from "../../core/run/notice.ts";
import { estimate, instant, number } from "../format.ts";
import { plainText } from "../plain-text.ts";
import type { Letter, Section } from "./sections.ts";

const tones: Record<RunNotice["kind"], Letter["tone"]> = {
  promoted: "good",
  rejected: "warning",
  failed: "critical",
  cancelled: "neutral",
  approval: "warning",
};

/** The mail of a run that ended or waits for a word: how, the comparison on the same rows, the gates, and what serves now. */
export function runLetter(notice: RunNotice): Letter {
  return {
    headline: `${plainText(notice.model)}: ${plainText(notice.outcome)}`,
    tone: tones[notice.kind],
    sections: [
      ...comparison(notice),
      ...gates(notice),
      { title: "Why it ran", lines: [plainText(notice.reason)] },
      { title: "What serves now", lines: [serving(notice)] },
      { title: "What you can do", code: commands(notice) },
    ],
    footer: [`Run ${notice.run}, trainer ${plainText(notice.trainer)}. Times are UTC.`],
  };
}

function commands({ kind, model, run }: RunNotice): readonly string[] {
  if (kind !== "approval") return [`driftward status ${plainText(model)}`];
  return [`driftward approve ${run} --reason "…"`, `driftward reject ${run} --reason "…"`];
}

export function runSubject(notice: RunNotice): string {
  return notice.incident === undefined
    ? `[Driftward] ${plainText(notice.model)}: run ${notice.run}`
    : `[Driftward] ${plainText(notice.model)}: run ${notice.run} (INC-${notice.incident})`;
}

function comparison(notice: RunNotice): readonly Section[] {
  if (notice.metrics.length === 0) return [];
  const span =
    notice.evaluatedFrom === undefined || notice.evaluatedTo === undefined
      ? ""
      : `, ${instant(notice.evaluatedFrom)} to ${instant(notice.evaluatedTo)}`;
  return [
    {
      title: "Champion against candidate",
      lines: [
        `Measured by Driftward on the same ${number(notice.evaluationRows ?? 0)} labelled rows that neither was trained on${span}; 95 % intervals.`,
      ],
      table: {
        columns: [
          "metric",
          `champion ${plainText(notice.champion)}`,
          `candidate ${plainText(notice.candidate ?? "")}`,
          "difference",
        ],
        rows: notice.metrics.map(({ metric, champion, candidate, difference }) => [
          metric,
          interval(champion),
          interval(candidate),
          interval(difference),
        ]),
      },
    },
  ];
}

function gates({ gates: list }: RunNotice): readonly Section[] {
  if (list.length === 0) return [];
  const rows = list.map(({ gate, outcome, reason }) => [outcome, plainText(gate), plainText(reason)]);
  return [{ title: "Gates", table: { columns: ["outcome", "gate", "numbers"], rows } }];
}

function serving({ kind, champion, candidate }: RunNotice): string {
  return kind === "promoted"
    ? `Version ${plainText(candidate ?? "?")} is champion; it was version ${plainText(champion)} before.`
    : `Version ${plainText(champion)}, unchanged.`;
}

function interval(facts: EstimateFacts | undefined): string {
  if (facts?.value === undefined || facts.lower === undefined || facts.upper === undefined) return "not measured";
  return estimate({ value: facts.value, lower: facts.lower, upper: facts.upper });
}
