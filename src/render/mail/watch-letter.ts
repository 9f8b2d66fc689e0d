import type { WatchNotice } from "../../core/run/watch-notice.ts";
import { instant } from "../format.ts";
import { plainText } from "../plain-text.ts";
import type { Letter, Section } from "./sections.ts";
import { promiseTable } from "./version-letter.ts";

/** The mail about a watch: how it ended, or that the promise is broken and nothing can be taken back. */
export function watchLetter(notice: WatchNotice): Letter {
  const version = `${plainText(notice.model)}: version ${plainText(notice.version)}`;
  const { headline, tone, badge } = {
    kept: { headline: `${version} kept its promise.`, tone: "good", badge: "✓ kept" } as const,
    unverified: {
      headline: `${version} served its time unverified: no labels came that could judge it.`,
      tone: "warning",
      badge: "? unverified",
    } as const,
    stuck: {
      headline: `${version} broke its promise, and nothing can serve instead.`,
      tone: "critical",
      badge: "✗ not rolled back",
    } as const,
  }[notice.kind];
  return {
    ...{ headline, tone, badge },
    sections: [why(notice), ...promiseTable(notice.metrics), ...toDo(notice)],
    footer: [`Told once for each promotion. Times are UTC.`],
  };
}

export function watchSubject({ model, version, kind }: WatchNotice): string {
  const said = { kept: "kept its promise", unverified: "is unverified", stuck: "cannot be rolled back" }[kind];
  return `[Driftward] ${plainText(model)}: version ${plainText(version)} ${said}`;
}

function why({ kind, reason, against, place, promotedAt, watchedUntil, run }: WatchNotice): Section {
  const from = run === undefined ? "" : ` by run ${run}`;
  const said = {
    kept: `The watch is over: ${plainText(reason)}.`,
    unverified: `The watch is over, and nothing could be judged: ${plainText(reason)}.`,
    stuck: `The guard of the policy holds: ${plainText(reason)}`,
  }[kind];
  return {
    title: "Why",
    lines: [
      said,
      ...(against === undefined ? [] : [`It was not rolled back: ${plainText(against)}.`]),
      ...(place === undefined ? [] : [`The guard stands at ${plainText(place)}.`]),
      `The version was promoted ${instant(promotedAt)}${from}; its watch ${kind === "stuck" ? "is" : "was"} to last until ${instant(watchedUntil)}.`,
    ],
  };
}

function toDo({ kind, model: name, version, blocked = [] }: WatchNotice): readonly Section[] {
  const model = plainText(name);
  const title = "What you can do";
  if (kind === "kept") return [];
  if (kind === "unverified")
    return [
      {
        title,
        lines: [
          "Hand in the labels of what it predicted: the first check that finds enough of them judges it, and takes it back if the promise is broken. Nothing else has to be done.",
          "If no labels will come, it is yours to decide whether it goes on.",
        ],
        code: [
          `driftward ingest ${model} --labels FILE`,
          `driftward status ${model}`,
          `driftward rollback ${model} --reason "…"`,
        ],
      },
    ];
  const lift = blocked[0] === undefined ? [] : [`driftward lift ${model} ${plainText(blocked[0])} --reason "…"`];
  return [
    {
      title,
      lines: [
        `Version ${plainText(version)} goes on serving. Each further check tries again, so that lifting a version that served before is enough; or train another one.`,
      ],
      code: [`driftward versions ${model}`, ...lift, `driftward retrain ${model} --override --reason "…"`],
    },
  ];
}
