import type { Actor } from "../core/actor.ts";
import type { GateOutcome } from "../core/run/gates.ts";
import type { WatchStanding } from "../core/run/watch.ts";
import { formatDuration } from "../core/units.ts";
import { instant } from "./format.ts";
import { plainText } from "./plain-text.ts";
import type { Colors } from "./verdict-mark.ts";
import { watchText } from "./watch-words.ts";

/** A run with what happened to it, for a terminal. */
export interface ShownRun {
  readonly run: {
    readonly number: number;
    readonly state: string;
    readonly reason: string;
    readonly outcome: string | undefined;
    readonly trainer: string;
    readonly createdAt: Date;
    readonly finishedAt: Date | undefined;
  };
  readonly model: string;
  readonly candidate: string | undefined;
  readonly askedBy: Actor | undefined;
  readonly stages: readonly ShownStage[];
  readonly gates: readonly GateOutcome[];
  readonly log: readonly string[];
  /** The watch over the version that it promoted. */
  readonly watch?: WatchStanding | undefined;
  readonly finished: boolean;
}

export interface ShownStage {
  readonly at: Date;
  readonly what: string;
  readonly actor: Actor;
  readonly why: string | undefined;
}

export function runStoryText(story: ShownRun, colors: Colors): string {
  const { run, model, candidate, gates, log, watch } = story;
  const version = candidate === undefined ? "" : `, version ${plainText(candidate)}`;
  const asked = story.askedBy === undefined ? "" : `, asked for by ${plainText(story.askedBy.id)}`;
  const parts = [
    [
      `${colors.bold(`run ${run.number}`)} ${plainText(model)}: ${run.state}${run.outcome === undefined ? "" : `, ${plainText(run.outcome)}`}`,
      colors.dim(`${plainText(run.reason)}${asked}; trainer ${plainText(run.trainer)}${version}`),
    ],
    ["Stages", ...stageLines(story.stages)],
    ...(gates.length === 0 ? [] : [["Gates", ...gates.flatMap((gate) => gateLines(gate, colors))]]),
    ...(watch === undefined ? [] : [[`Watch  ${watchText(watch)}`]]),
    ...(log.length === 0 ? [] : [["The end of the program's log", ...log.map((line) => `  ${visible(line)}`)]]),
  ];
  return parts.map((lines) => lines.join("\n")).join("\n\n");
}

/** When, what, how long after the stage before, and why. */
export function stageLines(stages: readonly ShownStage[], before?: Date): readonly string[] {
  return stages.map(({ at, what, actor, why }, index) => {
    const last = stages[index - 1]?.at ?? before;
    const took = last === undefined || at <= last ? "" : ` (+${formatDuration(at.getTime() - last.getTime())})`;
    const by = actor.kind === "system" ? "" : ` by ${plainText(actor.id)}`;
    return `  ${instant(at)}${took}  ${plainText(what)}${by}${why === undefined ? "" : `: ${plainText(why)}`}`;
  });
}

function gateLines({ gate, outcome, reason }: GateOutcome, colors: Colors): readonly string[] {
  const mark = outcome === "pass" ? colors.green("✓") : outcome === "fail" ? colors.red("✗") : colors.yellow("?");
  return [`  ${mark} ${plainText(gate)}`, colors.dim(`    ${outcome}: ${plainText(reason)}`)];
}

/** A line of a log, whole, without what would move the cursor. */
export function visible(line: string): string {
  return (
    line
      .match(/[\s\S]{1,200}/g)
      ?.map(plainText)
      .join("") ?? ""
  );
}
