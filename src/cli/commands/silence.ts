import { type Command, InvalidArgumentError } from "commander";
import type { Asked } from "../../actions/permit.ts";
import { expireSilence, listSilences, silence } from "../../actions/silence.ts";
import { DriftwardError } from "../../core/errors.ts";
import { parseDuration } from "../../core/units.ts";
import type { Services } from "../../ports/services.ts";
import type { SilenceRow } from "../../ports/state.ts";
import { instant } from "../../render/format.ts";
import { plainTable } from "../../render/plain-table.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

interface Options {
  readonly rule?: string;
  readonly segment?: string;
  readonly for?: string;
  readonly reason?: string;
  readonly list?: true;
  readonly expire?: number;
  readonly json?: true;
}

const example = `
Examples:
  $ driftward silence churn --for 4h --reason "backfill of June"
  $ driftward silence churn --rule "inputs drifted" --for 2d --reason "price change of 1 July"
  $ driftward silence --list
  $ driftward silence --expire 3`;

/** `driftward silence`: mute a model, or one rule or segment of it, for a time. */
export function addSilenceCommand(program: Command, context: CliContext): void {
  program
    .command("silence")
    .description("mute what a model's incidents say, for a time; they are recorded all the same")
    .argument("[model]", "the model")
    .option("--rule <name>", "only incidents of this rule")
    .option("--segment <name>", "only incidents of this segment")
    .option("--for <duration>", "how long, such as 4h or 2d; at most 90d")
    .option("--reason <text>", "why; recorded")
    .option("--list", "show the silences that last")
    .option("--expire <number>", "end this silence now", readNumber)
    .option("--json", "print JSON of schema driftward/silence/v1")
    .addHelpText("after", example)
    .action(async (model: string | undefined, options: Options, command: Command) => {
      const work = workOf(model, options);
      const silences = await withServices(context, command, askedOf(model, options), work);
      if (options.json) context.out(`${JSON.stringify({ schema: "driftward/silence/v1", silences })}\n`);
      else if (options.list) context.out(listing(silences));
      else context.out(silences.map(sentence).join(""));
    });
}

function askedOf(model: string | undefined, { list, expire }: Options): Asked {
  if (list === true) return { act: "look", on: { model } };
  return { act: "silence", on: { model, silence: expire } };
}

type Shown = SilenceRow & { readonly model?: string };

/** What the options ask for; wrong use is told before anything is opened. */
function workOf(
  model: string | undefined,
  { list, expire, reason, rule, segment, ...options }: Options,
): (services: Services) => Promise<readonly Shown[]> {
  if (list === true)
    return async (services) =>
      (await listSilences(services)).filter((row) => model === undefined || row.model === model);
  if (expire !== undefined)
    return async (services) => [await expireSilence(services, { number: expire, actor: services.actor })];
  if (model === undefined || options.for === undefined || reason === undefined)
    throw new DriftwardError("InvalidInput", "expected a model with --for and --reason, or --list, or --expire", {
      hint: 'driftward silence churn --for 4h --reason "backfill of June"',
    });
  const forMs = parseDuration(options.for);
  return async (services) => [await silence(services, { model, rule, segment, forMs, reason, actor: services.actor })];
}

function sentence({ number, endsAt }: Shown): string {
  return `silence ${number} lasts until ${instant(endsAt)}\n`;
}

function listing(silences: readonly Shown[]): string {
  if (silences.length === 0) return "No silence lasts.\n";
  const rows = silences.map(({ number, model, rule, segment, endsAt, createdBy, reason }) => [
    String(number),
    plainText(model ?? ""),
    plainText(rule ?? "every rule"),
    plainText(segment ?? "every segment"),
    instant(endsAt),
    plainText(createdBy),
    plainText(reason),
  ]);
  return `${plainTable(["", "model", "rule", "segment", "until", "by", "reason"], rows)}\n`;
}

function readNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("expected the number of a silence, such as 3");
  return Number(text);
}
