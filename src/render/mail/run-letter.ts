import { fewestRows } from "../../core/drift/small-cells.ts";
import type { LinkTo } from "../../core/notice.ts";
import type { EstimateFacts } from "../../core/policy/facts.ts";
import type { RunNotice } from "../../core/run/notice.ts";
import { comparedRows } from "../compared-rows.ts";
import { instant, interval, number, percent } from "../format.ts";
import { plainText } from "../plain-text.ts";
import type { Cell, Letter, Link, Section } from "./sections.ts";

const tones: Record<RunNotice["kind"], Letter["tone"]> = {
  promoted: "good",
  rejected: "warning",
  failed: "critical",
  cancelled: "neutral",
  approval: "warning",
};

const badges: Record<RunNotice["kind"], string> = {
  promoted: "✓ promoted",
  rejected: "▲ rejected",
  failed: "✗ failed",
  cancelled: "· cancelled",
  approval: "? waits for you",
};

/** The mail of a run that ended or waits for a word: how, the comparison on the same rows, the gates, and what serves now. */
export function runLetter(notice: RunNotice, linkTo?: LinkTo): Letter {
  return {
    headline: `${plainText(notice.model)}: ${closed(plainText(notice.outcome))}`,
    tone: tones[notice.kind],
    badge: `${badges[notice.kind]} · run ${notice.run}`,
    sections: [
      ...comparison(notice),
      ...gates(notice),
      ...slices(notice),
      ...logSection(notice),
      { title: "Why it ran", lines: [closed(plainText(notice.reason)), ...policyLines(notice)] },
      { title: "What serves now", lines: [serving(notice)] },
      { title: "What you can do", lines: advice(notice), links: linksOf(notice, linkTo), code: commands(notice) },
    ],
    footer: [`Run ${notice.run} of ${plainText(notice.model)}, trainer ${plainText(notice.trainer)}. Times are UTC.`],
  };
}

function linksOf({ run, kind }: RunNotice, linkTo: LinkTo | undefined): readonly Link[] {
  const address = linkTo?.({ about: "run", number: run });
  const label = kind === "approval" ? `Look at run ${run}, approve or reject it` : `Look at run ${run}`;
  return address === undefined ? [] : [{ label, address }];
}

/** What a run that came to nothing asks of people; none where all is well. */
function advice({ kind, trainer }: RunNotice): readonly string[] {
  if (kind === "failed")
    return [
      `See what trainer ${plainText(trainer)} did, mend what kept it, and try the run again. Nothing else changed.`,
    ];
  if (kind === "rejected")
    return [
      "The champion goes on. The rule asks for another run when it still holds and the policy's limits allow one.",
    ];
  return [];
}

function commands({ kind, model, run, incident }: RunNotice): readonly string[] {
  if (kind === "approval") return [`driftward approve ${run} --reason "…"`, `driftward reject ${run} --reason "…"`];
  const why = incident === undefined ? [] : [`driftward why INC-${incident}`];
  const again = kind === "failed" ? [`driftward retry ${run}`] : [];
  return [`driftward run ${run}`, ...again, ...why, `driftward status ${plainText(model)}`];
}

export function runSubject(notice: RunNotice): string {
  return notice.incident === undefined
    ? `[Driftward] ${plainText(notice.model)}: run ${notice.run}`
    : `[Driftward] ${plainText(notice.model)}: run ${notice.run} (INC-${notice.incident})`;
}

function comparison(notice: RunNotice): readonly Section[] {
  if (notice.metrics.length === 0) return [];
  const { evaluatedFrom: from, evaluatedTo: to } = notice;
  const span = from === undefined || to === undefined ? "" : `, ${instant(from)} to ${instant(to)}`;
  return [
    {
      title: "Champion against candidate",
      lines: [
        `Champion ${plainText(notice.champion)}, ${notice.candidate === undefined ? "the run's candidate" : `candidate ${plainText(notice.candidate)}`}; measured by Driftward on ${comparedRows(notice)}, which neither was trained on${span}.`,
      ],
      table: {
        columns: ["metric", "champion", "candidate", "difference"],
        rows: notice.metrics.map(({ metric, champion, candidate, difference }) => [
          { value: plainText(metric) },
          cell(champion),
          cell(candidate),
          cell(difference),
        ]),
      },
      closing: [intervals(notice)],
    },
  ];
}

function intervals({ errorRate = 0.05 }: RunNotice): string {
  return errorRate === 0.05
    ? "95 % intervals."
    : `Intervals of ${percent(1 - errorRate)}: rows of this holdout have judged candidates before.`;
}

/** The first metric of every slice; a mail with all of them would not be read. */
function slices({ slices: list = [], metrics: [first] }: RunNotice): readonly Section[] {
  const shown = list.filter(({ rows }) => rows >= fewestRows);
  if (shown.length === 0 || first === undefined) return [];
  return [
    {
      title: `Slices, ${plainText(first.metric)}`,
      table: {
        columns: ["segment", "rows", "champion", "candidate", "difference"],
        rows: shown.map(({ segment, rows, metrics: [own] }) => [
          { value: plainText(segment) },
          { value: number(rows) },
          cell(own?.champion),
          cell(own?.candidate),
          cell(own?.difference),
        ]),
      },
      closing: ["Intervals that hold for all slices together."],
    },
  ];
}

const outcomes = { pass: "✓ pass", fail: "✗ fail", inconclusive: "? inconclusive" } as const;

function gates(notice: RunNotice): readonly Section[] {
  const { gates: list } = notice;
  if (list.length === 0) return [];
  const rows = list.map(({ gate, outcome, reason }): readonly Cell[] => [
    { value: plainText(gate), note: plainText(reason) },
    { value: outcomes[outcome] },
    measuredFor(gate, notice),
  ]);
  const chances = list.flatMap(({ gate, chances: chance }) =>
    chance === undefined
      ? []
      : [
          `${plainText(gate)}: a candidate as good as the champion passes with ${percent(chance.equal)}, one that is better by half the interval with ${percent(chance.better)}.`,
        ],
  );
  return [
    {
      title: "Gates",
      table: { columns: ["gate", "outcome", "measured"], rows },
      closing: chances,
    },
  ];
}

const asked = /\b(candidate|champion|difference)\.([a-z0-9_]+)\b/g;

/** What a gate asks about, with its interval: the first of its metrics. */
function measuredFor(gate: string, { metrics }: RunNotice): Cell {
  for (const [, side, metric] of gate.matchAll(asked)) {
    const facts = metrics.find((one) => one.metric === metric)?.[side as "candidate" | "champion" | "difference"];
    if (facts !== undefined) return cell(facts);
  }
  return { value: "not measured" };
}

/** What the program printed last, as it printed it. */
function logSection({ log, run }: RunNotice): readonly Section[] {
  if (log === undefined) return [];
  const title = "The end of the trainer's log";
  if ("withheld" in log) return [{ title, lines: [`Not shown: ${plainText(log.withheld)}.`] }];
  return [{ title, code: log.lines.map(plainText), closing: [`The whole log lies with run ${run}'s attempt.`] }];
}

function policyLines({ policy }: RunNotice): readonly string[] {
  if (policy === undefined) return [];
  const commit = policy.commit === undefined ? "" : ` @ ${plainText(policy.commit.slice(0, 7))}`;
  return [`Policy revision ${policy.revision}, ${plainText(policy.place ?? policy.path)}${commit}.`];
}

function serving({ kind, champion, candidate }: RunNotice): string {
  return kind === "promoted"
    ? `Version ${plainText(candidate ?? "?")} is champion; it was version ${plainText(champion)} before.`
    : `Version ${plainText(champion)}, unchanged.`;
}

function cell(facts: EstimateFacts | undefined): Cell {
  const { value, lower, upper } = facts ?? {};
  if (value === undefined || lower === undefined || upper === undefined) return { value: "not measured" };
  return { value: number(value), note: interval({ lower, upper }) };
}

function closed(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
