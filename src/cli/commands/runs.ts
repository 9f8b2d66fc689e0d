import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import { retryRun } from "../../actions/retry-run.ts";
import { type ListedRun, listRuns, type RunStory, runStory } from "../../actions/runs.ts";
import { type RunState, runStates } from "../../core/run/machine.ts";
import { formatDuration } from "../../core/units.ts";
import { instant } from "../../render/format.ts";
import { plainTable } from "../../render/plain-table.ts";
import { plainText } from "../../render/plain-text.ts";
import { runStoryText, stageLines, visible } from "../../render/run-story.ts";
import { type CliContext, type ExitCode, exitCodes } from "../context.ts";
import { collect } from "../read-columns.ts";
import { withServices } from "../with-services.ts";

/** `driftward runs`, `driftward run` and `driftward retry`: what runs there were, what became of one, and once more. */
export function addRunCommands(program: Command, context: CliContext): void {
  addRuns(program, context);
  addRun(program, context);
  addRetry(program, context);
}

interface ListOptions {
  readonly state: readonly RunState[];
  readonly limit: number;
  readonly json?: true;
}

function addRuns(program: Command, context: CliContext): void {
  program
    .command("runs")
    .description("list runs, newest first")
    .argument("[model]", "only of this model")
    .addOption(
      new Option("--state <state>", "only those in this state; may be repeated")
        .choices(runStates)
        .argParser((value: string, before: readonly string[]) => collect(checkState(value), before))
        .default([], "any"),
    )
    .option("--limit <number>", "at most so many", readNumber, 20)
    .option("--json", "print JSON of schema driftward/runs/v1")
    .addHelpText("after", "\nExample:\n  $ driftward runs churn --state failed --state rejected")
    .action(async (model: string | undefined, { state, limit, json }: ListOptions, command: Command) => {
      const states = state.length === 0 ? undefined : state;
      const runs = await withServices(context, command, { act: "look", on: { model } }, (services) =>
        listRuns(services.state, { model, states, limit }),
      );
      if (json) context.out(`${JSON.stringify({ schema: "driftward/runs/v1", runs: runs.map(listedJson) })}\n`);
      else context.out(runs.length === 0 ? "No runs.\n" : `${listing(runs)}\n`);
    });
}

function checkState(value: string): RunState {
  const state = runStates.find((one) => one === value);
  if (state === undefined) throw new InvalidArgumentError(`expected one of ${runStates.join(", ")}`);
  return state;
}

function listing(runs: readonly ListedRun[]): string {
  const rows = runs.map(({ run, model, candidate }) => [
    `run ${run.number}`,
    plainText(model),
    run.state,
    instant(run.createdAt),
    run.finishedAt === undefined ? "" : formatDuration(run.finishedAt.getTime() - run.createdAt.getTime()),
    plainText(candidate ?? ""),
    plainText(run.outcome ?? run.reason),
  ]);
  return plainTable(["", "model", "state", "started", "took", "version", "outcome"], rows);
}

function listedJson({ run, model, candidate }: ListedRun): object {
  const { number, state, trainer, reason, outcome, createdAt, finishedAt } = run;
  return {
    ...{ run: number, model, state, trainer, reason, outcome: outcome ?? null, candidate: candidate ?? null },
    ...{ created_at: createdAt, finished_at: finishedAt ?? null },
  };
}

const runExample = `
Examples:
  $ driftward run 12
  $ driftward run 12 --follow

Exit codes with --follow: 0 promoted, 1 rejected, 4 failed or cancelled.`;

interface RunOptions {
  readonly lines: number;
  readonly follow?: true;
  readonly json?: true;
}

function addRun(program: Command, context: CliContext): void {
  program
    .command("run")
    .description("show a run: its stages, gates, and the end of its program's log")
    .argument("<run>", "number of the run", readNumber)
    .option("--follow", "go on until it ends")
    .option("--lines <number>", "lines of the log", readNumber, 20)
    .option("--json", "print JSON of schema driftward/run-story/v1; once it has ended, with --follow")
    .addHelpText("after", runExample)
    .action(async (number: number, options: RunOptions, command: Command) => {
      await withServices(context, command, { act: "look", on: { run: number } }, async (services) => {
        const look = (lines: number) => runStory(services, number, lines);
        const story = await look(options.lines);
        const tell = options.json ? () => undefined : (text: string) => context.out(`${text}\n`);
        tell(runStoryText(story, context.colors));
        const end = options.follow ? await follow(context, story, look, tell) : story;
        if (options.json) context.out(`${JSON.stringify(storyJson(end))}\n`);
        if (options.follow) context.setExitCode(exitCodeOf(end));
      });
    });
}

const lookEveryMs = 1_000;

/** Lines among which what is new in a log is looked for. */
const followedLines = 500;

/** Tells every further stage and line of the log until the run ends, or a person stops it. */
async function follow(
  context: CliContext,
  first: RunStory,
  look: (lines: number) => Promise<RunStory>,
  tell: (text: string) => void,
): Promise<RunStory> {
  let isStopped = false;
  void context.stopped.then(() => {
    isStopped = true;
  });
  let seen = first;
  let log = first.finished ? [] : (await look(followedLines)).log;
  while (!seen.finished && !isStopped) {
    await sleep(lookEveryMs);
    const next = await look(followedLines);
    for (const line of newLines(log, next.log)) tell(`  ${visible(line)}`);
    for (const line of stageLines(next.stages.slice(seen.stages.length), seen.stages.at(-1)?.at)) tell(line.slice(2));
    log = next.log;
    seen = next;
  }
  if (seen !== first) tell(`run ${seen.run.number} is ${seen.run.state}: ${plainText(seen.run.outcome ?? "")}`);
  return seen;
}

/** What of the end of a log was not in the end that was seen before. */
export function newLines(before: readonly string[], now: readonly string[]): readonly string[] {
  for (let start = 0; start < before.length; start += 1) {
    const kept = before.slice(start);
    if (kept.every((line, index) => line === now[index])) return now.slice(kept.length);
  }
  return now;
}

function exitCodeOf({ run: { state } }: RunStory): ExitCode {
  if (state === "promoted") return exitCodes.ok;
  return state === "rejected" ? exitCodes.verdict : exitCodes.couldNotRun;
}

function storyJson(story: RunStory): object {
  const { askedBy, stages, attempts, gates, approvals, log, watch } = story;
  return {
    schema: "driftward/run-story/v1",
    ...listedJson(story),
    asked_by: askedBy ?? null,
    stages: stages.map(({ at, what, actor, why }) => ({ at, what, actor, why: why ?? null })),
    attempts: attempts.map(({ n, runner, state, startedAt, finishedAt, exitCode, message }) => ({
      ...{ n, runner, state, started_at: startedAt, finished_at: finishedAt ?? null },
      ...{ exit_code: exitCode ?? null, message: message ?? null },
    })),
    gates,
    watch: watch ?? null,
    approvals: approvals.map(({ actorKind, actorId, reason, at }) => ({
      by: { kind: actorKind, id: actorId },
      reason,
      at,
    })),
    log,
  };
}

function addRetry(program: Command, context: CliContext): void {
  program
    .command("retry")
    .description("try a failed run again, as a new run; the policy's limits hold")
    .argument("<run>", "number of the run", readNumber)
    .option("--reason <text>", "why now; recorded")
    .option("--json", "print JSON of schema driftward/retrain/v1")
    .addHelpText("after", '\nExample:\n  $ driftward retry 12 --reason "the feature store is back"')
    .action(async (number: number, options: { readonly reason?: string; readonly json?: true }, command: Command) => {
      const run = await withServices(context, command, { act: "retrain", on: { run: number } }, (services) =>
        retryRun(services, { run: number, reason: options.reason, actor: services.actor }),
      );
      context.out(
        options.json
          ? `${JSON.stringify({ schema: "driftward/retrain/v1", run: run.number, state: run.state, trainer: run.trainer })}\n`
          : `${context.colors.green("✓")} run ${run.number} is queued: ${plainText(run.reason)}\n`,
      );
    });
}

function readNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("expected a number such as 12");
  return Number(text);
}
