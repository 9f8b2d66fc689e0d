import type { Command } from "commander";
import { acknowledge } from "../../actions/ack.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

/** `driftward ack`: a person takes an incident on. */
export function addAckCommand(program: Command, context: CliContext): void {
  program
    .command("ack")
    .description("take an incident on: it is not escalated, and resolves by itself as before")
    .argument("<incident>", "INC-12, or its number")
    .option("--note <text>", "what you found or will do; recorded")
    .option("--by <name>", "who takes it on, where that is somebody else; recorded beside who said so")
    .option("--json", "print JSON of schema driftward/incident/v1")
    .addHelpText("after", '\nExample:\n  $ driftward ack INC-12 --note "the currency feed is late, asked them"')
    .action(
      async (
        name: string,
        options: { readonly note?: string; readonly by?: string; readonly json?: true },
        command: Command,
      ): Promise<void> => {
        const incident = await withServices(
          context,
          command,
          { act: "acknowledge", on: { incident: name } },
          (services) => acknowledge(services, { name, note: options.note, by: options.by, actor: services.actor }),
        );
        const { number, state, rule, acknowledgedBy } = incident;
        context.out(
          options.json
            ? `${JSON.stringify({ schema: "driftward/incident/v1", incident: number, state, rule, acknowledgedBy })}\n`
            : `INC-${number} is ${state} by ${plainText(acknowledgedBy ?? "")}\n`,
        );
      },
    );
}
