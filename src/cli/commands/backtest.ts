import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { backtest } from "../../actions/backtest.ts";
import { parseDuration } from "../../core/units.ts";
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
  readonly json?: true;
}

const example = `
Examples:
  $ driftward backtest policies/churn.yaml --from 2024-01-01 --to 2024-06-30
  $ driftward backtest churn --since 180d --html backtest.html
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
    .option("--json", "print JSON of schema driftward/backtest/v1")
    .addHelpText("after", example)
    .action(async (policy: string, options: Options, command: Command) => {
      const request = {
        ...{ policy, settings: options.set, hindsight: options.hindsight === true },
        ...(options.from === undefined ? {} : { from: readTime("--from", options.from) }),
        ...(options.to === undefined ? {} : { to: readTime("--to", options.to) }),
        sinceMs: parseDuration(options.since),
      };
      const found = await withServices(context, command, { act: "look" }, (services) => backtest(services, request));
      if (options.html !== undefined) await writeFile(options.html, backtestHtml(found));
      if (options.json) context.out(`${JSON.stringify(backtestJson(found))}\n`);
      else context.out(`${backtestTable(found, context.colors)}\n`);
      if (options.html !== undefined) context.err(`${context.colors.green("✓")} written: ${options.html}\n`);
    });
}
