import type { Command } from "commander";
import { type Explanation, explain } from "../../actions/explain.ts";
import type { Subject } from "../../actions/permit.ts";
import { checkJson } from "../../render/check-report.ts";
import { checkExplanationText, incidentRecomputedText, runExplanationText } from "../../render/explanation.ts";
import { checkExplanationJson, recomputedJson, runExplanationJson } from "../../render/explanation-json.ts";
import { whyJson, whyText } from "../../render/why-text.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

const example = `
Examples:
  $ driftward why INC-12
  $ driftward why run 3
  $ driftward why churn                    the last check of a model
  $ driftward why churn 2024-06-30 --json  the check of that time

What was recorded is computed again, and said to be the same, or where it differs.`;

/** `driftward why`: the decision behind an incident, a check or a run, with its numbers. */
export function addWhyCommand(program: Command, context: CliContext): void {
  program
    .command("why")
    .description("show what an incident, a check or a run came from, and compute it again")
    .argument("<what...>", "INC-12, run 3, the id of a check, or a model and the time of a check")
    .option("--json", "print JSON of schema driftward/why/v1")
    .addHelpText("after", example)
    .action(async (what: string[], options: { readonly json?: true }, command: Command) => {
      const found = await withServices(context, command, { act: "look", on: subjectOf(what) }, (services) =>
        explain(services, what),
      );
      context.out(options.json ? `${JSON.stringify(asJson(found))}\n` : `${asText(found, context)}\n`);
    });
}

/** What is asked about, as explain reads it; the id of a check names no model by itself. */
function subjectOf(words: readonly string[]): Subject {
  const run = /^run[- ]?(\d{1,9})$/i.exec(words.join(" "))?.[1];
  if (run !== undefined) return { run: Number(run) };
  const incident = words.length === 1 ? /^(?:inc-?)?(\d{1,9})$/i.exec(words[0] ?? "")?.[1] : undefined;
  return incident === undefined ? { model: words[0] } : { incident };
}

function asText(found: Explanation, { colors, columns }: CliContext): string {
  if (found.about === "run") return runExplanationText(found, colors);
  if (found.about === "check") return checkExplanationText(found, colors, columns);
  const { story, opening, heldSince, decidedAgain: decision } = found;
  const { limits } = opening.grounds;
  const again = incidentRecomputedText({ limits, heldSince, check: opening.recomputed, decision }, colors);
  return `${whyText(story, colors, columns)}\n${again}`;
}

function asJson(found: Explanation): object {
  if (found.about === "run") return runExplanationJson(found.grounds);
  if (found.about === "check") return checkExplanationJson(found.grounds, checkJson(found.check), found.recomputed);
  return {
    ...whyJson(found.story, checkJson(found.story.check)),
    limits: found.opening.grounds.limits,
    held_since: found.heldSince ?? null,
    recomputed: { check: recomputedJson(found.opening.recomputed), decision: recomputedJson(found.decidedAgain) },
  };
}
