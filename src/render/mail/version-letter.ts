import type { EstimateFacts } from "../../core/policy/facts.ts";
import type { VersionNotice } from "../../core/run/version-notice.ts";
import { instant, interval, number } from "../format.ts";
import { plainText } from "../plain-text.ts";
import type { Cell, Letter, Section } from "./sections.ts";

/** The mail about a version that was taken back: why, what serves now, and what is left to decide. */
export function versionLetter(notice: VersionNotice): Letter {
  const { version, to, by } = notice;
  const model = plainText(notice.model);
  const took = by === undefined ? "did not keep its promise and was taken back" : `was taken back by ${plainText(by)}`;
  return {
    headline: `${model}: version ${plainText(version)} ${took}. Version ${plainText(to)} serves again.`,
    tone: "critical",
    badge: "↩ rolled back",
    sections: [
      why(notice),
      ...promiseTable(notice.metrics),
      { title: "What serves now", lines: serving(notice) },
      {
        title: "What you can do",
        lines: [
          `Version ${plainText(version)} is not promoted again until a person lifts it. A new run may train another one.`,
        ],
        code: [
          `driftward versions ${model}`,
          `driftward retrain ${model} --reason "…"`,
          `driftward lift ${model} ${plainText(version)} --reason "…"`,
        ],
      },
    ],
    footer: ["Told once for each rollback. Times are UTC."],
  };
}

export function versionSubject({ model, version }: VersionNotice): string {
  return `[Driftward] ${plainText(model)}: version ${plainText(version)} rolled back`;
}

function why({ reason, place, by, promotedAt, run }: VersionNotice): Section {
  const from = run === undefined ? "" : ` by run ${run}`;
  return {
    title: "Why",
    lines: [
      `${by === undefined ? "The guard of the policy holds" : "The reason given"}: ${plainText(reason)}`,
      ...(place === undefined ? [] : [`It stands at ${plainText(place)}.`]),
      `The version was promoted ${instant(promotedAt)}${from}.`,
    ],
  };
}

/** What was promised beside what is; no section where nothing was measured. */
export function promiseTable(metrics: VersionNotice["metrics"]): readonly Section[] {
  if (metrics.length === 0) return [];
  const rows = metrics.map(({ metric, promised, now }) => [{ value: plainText(metric) }, cell(promised), cell(now)]);
  return [
    {
      title: "What was promised, and what is",
      table: { columns: ["metric", "promised", "now"], rows },
      closing: ["Promised: measured by the gates. Now: over mature labels. 95 % intervals."],
    },
  ];
}

function serving({ to, toServedFrom, closed }: VersionNotice): readonly string[] {
  const incidents = closed.map((number) => `INC-${number}`).join(", ");
  return [
    `Version ${plainText(to)}, with its own baseline; it served before, from ${instant(toServedFrom)} on.`,
    ...(closed.length === 0 ? [] : [`Closed with the version that was taken back: ${incidents}.`]),
  ];
}

function cell(facts: EstimateFacts | undefined): Cell {
  const { value, lower, upper } = facts ?? {};
  if (value === undefined || lower === undefined || upper === undefined) return { value: "not measured" };
  return { value: number(value), note: interval({ lower, upper }) };
}
