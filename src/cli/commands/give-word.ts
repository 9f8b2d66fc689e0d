import { type Command, InvalidArgumentError } from "commander";
import { giveWord } from "../../actions/decide-run.ts";
import type { RunRow } from "../../ports/state.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

const words = {
  approve: "let the candidate of a run that waits for approval become champion",
  reject: "end a run that waits for approval; the champion stays",
  cancel: "end a run under way, and its training program",
} as const;

/** `driftward approve`, `driftward reject`, `driftward cancel`: a person's word on a run. */
export function addWordCommands(program: Command, context: CliContext): void {
  for (const word of ["approve", "reject", "cancel"] as const)
    program
      .command(word)
      .description(words[word])
      .argument("<run>", "number of the run", readNumber)
      .requiredOption("--reason <text>", "why; recorded")
      .option("--json", "print JSON of schema driftward/run/v1")
      .addHelpText("after", `\nExample:\n  $ driftward ${word} 12 --reason "looked at the slices, all fine"`)
      .action(async (number: number, options: { readonly reason: string; readonly json?: true }, command: Command) => {
        const run = await withServices(
          context,
          command,
          { act: word === "cancel" ? "cancel" : "approve", on: { run: number } },
          (services) => giveWord(services, { run: number, word, reason: options.reason, actor: services.actor }),
        );
        const { state, outcome } = run;
        context.out(
          options.json
            ? `${JSON.stringify({ schema: "driftward/run/v1", run: number, state, outcome })}\n`
            : `run ${number} is ${state}: ${plainText(outcome ?? goingOn(run))}\n`,
        );
      });
}

/** A word that did not end the run: another is needed, or the steps of the promotion follow. */
function goingOn({ step }: RunRow): string {
  return step === undefined
    ? "your word is kept, and one more approver has to agree"
    : `approved, and now in step ${step}`;
}

function readNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("expected the number of a run, such as 12");
  return Number(text);
}
