import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { backtest } from "../../actions/backtest.ts";
import { type BacktestFiles, backtestFiles } from "../../actions/backtest-files.ts";
import { modelsIn } from "../../actions/models-in.ts";
import type { Asked } from "../../actions/permit.ts";
import { DriftwardError } from "../../core/errors.ts";
import type { Backtest } from "../../core/replay/replayed-policy.ts";
import { parseDuration } from "../../core/units.ts";
import type { PolicyText } from "../../ports/policy-source.ts";
import type { Services } from "../../ports/services.ts";
import { backtestHtml } from "../../render/backtest-html.ts";
import { backtestTable } from "../../render/backtest-table.ts";
import { backtestJson } from "../../render/replay-json.ts";
import type { CliContext } from "../context.ts";
import { collect } from "../read-columns.ts";
import { readTime } from "../read-time.ts";
import { withServices } from "../with-services.ts";

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly since: string;
  readonly set: readonly string[];
  readonly hindsight?: true;
  readonly html?: string;
  readonly predictions: readonly string[];
  readonly labels: readonly string[];
  readonly baseline?: string;
  readonly json?: true;
}

const example = `
Examples:
  $ driftward backtest policies/churn.yaml --from 2024-01-01 --to 2024-06-30
  $ driftward backtest churn --since 180d --html backtest.html
  $ driftward backtest policies/churn.yaml --predictions 'log/june.csv' --labels outcomes.csv --baseline holdout.csv
  $ driftward backtest churn --set drift.alarm_budget='1 per 7d,1 per 30d,1 per 90d'

A replay of the policy that was in force gives what its checks gave. Champions stay what they were: a replay trains nothing.`;

/** `driftward backtest`: what a policy would have done in a time that is recorded. */
export function addBacktestCommand(program: Command, context: CliContext): void {
  program
    .command("backtest")
    .description("replay a policy over the recorded past: verdicts, incidents, mails, retrains")
    .argument("<policy>", "a policy file, or a model whose policy in force is meant")
    .option("--from <time>", "begin, such as 2024-01-01")
    .option("--to <time>", "end (default: the end of the record)")
    .option("--since <duration>", "how long, where there is no --from", "90d")
    .option("--set <path=values>", "put values in, one replay for each; may be repeated", collect, [])
    .option("--hindsight", "use all that is known today, instead of what was known then")
    .option("--html <file>", "write a page of what happened when")
    .option("--predictions <file>", "replay over this file, and no record; may be repeated", collect, [])
    .option("--labels <file>", "labels of those predictions; may be repeated", collect, [])
    .option("--baseline <file>", "what the predictions are compared with; goes with --predictions")
    .option("--json", "print JSON of schema driftward/backtest/v1")
    .addHelpText("after", example)
    .action(async (policy: string, options: Options, command: Command) => {
      const request = {
        ...{ policy, settings: options.set, hindsight: options.hindsight === true },
        ...(options.from === undefined ? {} : { from: readTime("--from", options.from) }),
        ...(options.to === undefined ? {} : { to: readTime("--to", options.to) }),
        sinceMs: parseDuration(options.since),
        ...(options.json ? {} : { onProgress: tellProgress(context) }),
      };
      const { predictions, labels, baseline } = options;
      const found =
        predictions.length + labels.length > 0 || baseline !== undefined
          ? await overFiles(context, command, request, filesOf(options))
          : await overRecord(context, command, request);
      if (options.html !== undefined) await writeFile(options.html, backtestHtml(found));
      if (options.json) context.out(`${JSON.stringify(backtestJson(found))}\n`);
      else context.out(`${backtestTable(found, context.colors)}\n`);
      if (options.html !== undefined) context.err(`${context.colors.green("✓")} written: ${options.html}\n`);
    });
}

/** A file is read once: what its model is decides who may see what it would have done. */
async function overRecord(
  context: CliContext,
  command: Command,
  request: Parameters<typeof backtest>[1],
): Promise<Backtest> {
  const named = [request.policy];
  let texts: readonly PolicyText[] = [];
  const asked = async ({ state, policySource }: Services): Promise<Asked> => {
    const model = await state.models.find(request.policy);
    if (model?.policyRevision !== undefined) return { act: "look", on: { model: model.name } };
    texts = await policySource.read(named);
    return { act: "look", on: { models: modelsIn(texts) } };
  };
  return withServices(context, command, asked, (services) =>
    backtest({ ...services, policySource: { read: async () => texts } }, request),
  );
}

const progressEveryMs = 1_000;

/** A line for each second that a replay takes. */
function tellProgress({ err, colors }: CliContext): (done: number, of: number) => void {
  let told = Date.now();
  return (done, of) => {
    if (Date.now() - told < progressEveryMs) return;
    told = Date.now();
    err(colors.dim(`${done.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} checks replayed\n`));
  };
}

function filesOf({ predictions, labels, baseline }: Options): BacktestFiles {
  if (predictions.length === 0 || baseline === undefined)
    throw new DriftwardError("InvalidInput", "expected --predictions and --baseline together", {
      hint: "driftward backtest policies/churn.yaml --predictions june.csv --baseline holdout.csv",
    });
  return { predictions, labels, baseline };
}

/** In a state of its own, which is gone afterwards: nothing of the project's record is read or written. */
async function overFiles(
  context: CliContext,
  command: Command,
  request: Parameters<typeof backtest>[1],
  files: BacktestFiles,
): Promise<Backtest> {
  const config = context.config(command.optsWithGlobals().config);
  const dataDirectory = await mkdtemp(join(tmpdir(), "driftward-backtest-"));
  try {
    const services = await context.open({ ...config, dataDirectory, databaseUrl: undefined, redisUrl: undefined });
    try {
      return await backtestFiles(services, request, files);
    } finally {
      await services.close();
    }
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}
