import { type Command, InvalidArgumentError } from "commander";
import type { Asked } from "../../actions/permit.ts";
import { liftQuarantine, listQuarantines, quarantine } from "../../actions/quarantine.ts";
import { DriftwardError } from "../../core/errors.ts";
import type { Services } from "../../ports/services.ts";
import type { QuarantineRow } from "../../ports/state.ts";
import { instant } from "../../render/format.ts";
import { plainTable } from "../../render/plain-table.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";
import { readTime } from "../read-time.ts";
import { withServices } from "../with-services.ts";

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly list?: true;
  readonly lift?: number;
  readonly json?: true;
}

const example = `
Examples:
  $ driftward quarantine churn --from 2026-06-01T08:00Z --to 2026-06-01T14:00Z --reason "the feed sent zeros"
  $ driftward quarantine --list
  $ driftward quarantine --lift 2`;

/** `driftward quarantine`: keep hours of a model out of windows, baselines and training data. */
export function addQuarantineCommand(program: Command, context: CliContext): void {
  program
    .command("quarantine")
    .description("keep hours of a model's rows out of checks, baselines and training")
    .argument("[model]", "the model")
    .option("--from <time>", "when they begin, by the rows' own time, in UTC where it names no zone")
    .option("--to <time>", "when they end; both are made to whole hours, outwards")
    .option("--reason <text>", "why; recorded")
    .option("--list", "show the quarantines that stand")
    .option("--lift <number>", "let the hours of this quarantine count again", readNumber)
    .option("--json", "print JSON of schema driftward/quarantine/v1")
    .addHelpText("after", example)
    .action(async (model: string | undefined, options: Options, command: Command) => {
      const rows = await withServices(context, command, askedOf(model, options), workOf(model, options));
      if (options.json) context.out(`${JSON.stringify({ schema: "driftward/quarantine/v1", quarantines: rows })}\n`);
      else if (options.list) context.out(listing(rows));
      else context.out(rows.map(sentence).join(""));
    });
}

function askedOf(model: string | undefined, { list, lift }: Options): Asked {
  if (list === true) return { act: "look", on: { model } };
  return { act: "quarantine", on: { model, quarantine: lift } };
}

type Shown = QuarantineRow & { readonly model?: string };

/** What the options ask for; wrong use is told before anything is opened. */
function workOf(
  model: string | undefined,
  { list, lift, reason, ...options }: Options,
): (services: Services) => Promise<readonly Shown[]> {
  if (list === true) return (services) => listQuarantines(services, model);
  if (lift !== undefined)
    return async (services) => [await liftQuarantine(services, { number: lift, actor: services.actor })];
  if (model === undefined || options.from === undefined || options.to === undefined || reason === undefined)
    throw new DriftwardError("InvalidInput", "expected a model with --from, --to and --reason, or --list, or --lift", {
      hint: 'driftward quarantine churn --from 2026-06-01T08:00Z --to 2026-06-01T14:00Z --reason "the feed sent zeros"',
    });
  const span = { from: readTime("--from", options.from), to: readTime("--to", options.to) };
  return async (services) => [await quarantine(services, { model, ...span, reason, actor: services.actor })];
}

function sentence({ number, from, to, liftedAt }: Shown): string {
  const span = `${instant(from)} to ${instant(to)}`;
  return liftedAt === undefined
    ? `quarantine ${number}: ${span} is kept out of checks, baselines and training from now on\n`
    : `quarantine ${number} is lifted: ${span} counts again\n`;
}

function listing(rows: readonly Shown[]): string {
  if (rows.length === 0) return "No quarantine stands.\n";
  const cells = rows.map(({ number, model, from, to, createdBy, reason }) => [
    String(number),
    plainText(model ?? ""),
    instant(from),
    instant(to),
    plainText(createdBy),
    plainText(reason),
  ]);
  return `${plainTable(["", "model", "from", "to", "by", "reason"], cells)}\n`;
}

function readNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("expected the number of a quarantine, such as 2");
  return Number(text);
}
