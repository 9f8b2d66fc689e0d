import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { status } from "../../actions/status.ts";
import type { Config } from "../../config.ts";
import { DriftwardError } from "../../core/errors.ts";
import type { Services } from "../../ports/services.ts";
import type { CliContext } from "../context.ts";
import { demoModel, liveFrom, liveThrough, prepareDemo } from "../demo/run-demo.ts";
import { createTimeline } from "../demo/timeline.ts";

interface Options {
  readonly until?: string;
  readonly data?: string;
  readonly json?: true;
}

const example = `
Examples:
  $ driftward demo
  $ driftward demo --until 2012-06-30

Replays the bike-sharing log of 2011 and 2012 against real workers on a simulated clock. Killed in the middle, it goes on
where it was; run again after its end, it starts anew.`;

/** `driftward demo`: a real model decays, is noticed, retrained, judged and replaced. */
export function addDemoCommand(program: Command, context: CliContext): void {
  program
    .command("demo")
    .description("watch a real model decay, be noticed, be retrained, be judged and be replaced")
    .option("--until <day>", "the last day to live through, such as 2012-06-30")
    .option("--data <folder>", "where to keep its data instead of .driftward/demo")
    .option("--json", "print the final state as JSON instead of the story")
    .addHelpText("after", example)
    .action(async (options: Options) => {
      if (options.until !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(options.until))
        throw new DriftwardError(
          "InvalidInput",
          `expected --until with a day such as 2012-06-30, got "${options.until}"`,
        );
      await runDemo(context, options);
    });
}

async function runDemo(context: CliContext, options: Options): Promise<void> {
  const started = Date.now();
  const folder = exampleFolder();
  const named = context.config(fileURLToPath(new URL("driftward.yaml", folder)), options.data);
  const log = { level: "info", file: join(named.dataDirectory, "driftward.log") } as const;
  const config: Config = { ...named, log };
  const out = options.json ? () => undefined : context.out;
  await startAnewAfterTheEnd(config);
  out(opening(context, config));
  const simulatedClock = { start: new Date(`${liveFrom}T00:00:00Z`) };
  const services = await context.open(config, { simulatedClock, workers: true });
  try {
    if (!(await live(context, options, { config, services, folder, out }))) {
      context.err("stopped; the same command goes on from here\n");
      return;
    }
    if (options.until === undefined) await writeEnd(config);
    if (options.json) context.out(`${JSON.stringify(await finalState(services))}\n`);
    out(closing(context, config, options, (Date.now() - started) / 1000));
  } finally {
    await services.close();
  }
}

interface Demo {
  readonly config: Config;
  readonly services: Services;
  readonly folder: URL;
  readonly out: (text: string) => void;
}

/** Lives through the recorded days; false when it was asked to stop before their end. */
async function live(context: CliContext, options: Options, { config, services, folder, out }: Demo): Promise<boolean> {
  const { clock, state } = services;
  if (!("advance" in clock)) throw new Error("the demo's clock cannot be moved");
  const advance = clock.advance as (to: Date) => Promise<void>;
  const silent = { tell: async () => undefined, note: async () => undefined, end: async () => undefined };
  const parts = { services, advance, folder, until: options.until };
  const prepared = await prepareDemo({ ...parts, timeline: silent });
  const timeline = options.json ? silent : createTimeline(state, prepared.modelId, out, context.colors);
  const workers = await context.startWorkers(services, config);
  try {
    const days = liveThrough({ ...parts, timeline }, prepared).then(() => true);
    return await Promise.race([days, context.stopped.then(() => false)]);
  } finally {
    await timeline.end();
    await workers.drain();
  }
}

/** The demo's files lie beside the package's code: examples/bike, above both src and dist/src. */
function exampleFolder(): URL {
  const found = ["../../../examples/bike/", "../../../../examples/bike/"]
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(new URL("predictions.csv", url)));
  if (found !== undefined) return found;
  throw new DriftwardError("NotFound", "expected examples/bike beside the package, found nothing", {
    hint: "run the demo from a clone of the repository: npm run demo",
  });
}

const endMarker = "demo-ended";

/** A demo that has come to its end is run anew, in an empty folder; one that was killed goes on. */
async function startAnewAfterTheEnd({ dataDirectory, databaseUrl }: Config): Promise<void> {
  if (!existsSync(join(dataDirectory, endMarker))) return;
  if (databaseUrl !== undefined)
    throw new DriftwardError("Conflict", "expected an empty database, but the demo has run in this one", {
      hint: "point DATABASE_URL at an empty database, or unset it",
    });
  await rm(dataDirectory, { recursive: true, force: true });
}

async function writeEnd({ dataDirectory }: Config): Promise<void> {
  await writeFile(join(dataDirectory, endMarker), "This demo has ended; the next one starts in an empty folder.\n");
}

function opening({ colors }: CliContext, config: Config): string {
  return `
${colors.bold("Driftward demo")}: bike rides an hour, November 2011 to December 2012, one check a day over the last four weeks.
Version 1 learnt from early 2011. Nobody tells it that rides grow by 63 %.
Seasons drift as well: that is shown, and told when a third of the features has drifted for 56 days.
An error that has grown beyond doubt starts a training.

  ${colors.green("✓")} ok   ${colors.yellow("▲")} warning   ${colors.red("✗")} critical   ${colors.cyan("?")} too little to say        state: ${config.dataDirectory}

`;
}

function closing({ colors }: CliContext, config: Config, options: Options, seconds: number): string {
  // Another place than the demo's own file names is said to each command.
  const data = options.data === undefined ? "" : `DRIFTWARD_DATA=${config.dataDirectory} `;
  const command = `${data}npx driftward --config ${relative(process.cwd(), config.file ?? "")}`;
  return `
${colors.bold("The end")}, after ${seconds.toFixed(0)} seconds. Look around:

  ${command} status ${demoModel}     checks, incidents and runs
  ${command} mail                   every mail that was sent (${join(config.dataDirectory, "outbox")})
  ${command} check ${demoModel}      check the last four weeks again

  The policy: ${join(config.policies, "bike-demand.yaml")}
  The log of the workers: ${config.log.file ?? "stderr"}
`;
}

/** What must be the same however often the demo is killed: champions, incidents, runs, rows. */
async function finalState(services: Services): Promise<object> {
  const { state } = services;
  const model = await state.models.find(demoModel);
  if (model === undefined) throw new Error("the demo made no model");
  const [one] = await status(services, [model], 1_000);
  const promotions = await state.aliases.history(model.id, "champion");
  const files = await state.log.files(model.id, "predictions", {});
  return {
    schema: "driftward/demo/v1",
    champion: one?.champion,
    promotions: promotions.map(({ seq, at, reason }) => ({ seq, at, reason })),
    incidents: one?.incidents.map(({ number, rule, severity, state: standing, openedAt, resolvedAt, resolution }) => ({
      ...{ number, rule, severity, state: standing },
      ...{ openedAt, resolvedAt, resolution },
    })),
    runs: one?.runs.map(({ number, state: standing, cut, outcome }) => ({ number, state: standing, cut, outcome })),
    checks: countBy(one?.checks.map((check) => check.verdict ?? check.state) ?? []),
    predictions: files.reduce((sum, file) => sum + file.rowCount, 0),
  };
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
