import type { Command } from "commander";
import { route } from "../../actions/route.ts";
import { shadowStatus } from "../../actions/shadow-status.ts";
import {
  championAt,
  type ModelVersions,
  modelVersions,
  type Reign,
  type VersionStatus,
} from "../../actions/versions.ts";
import { baselineText } from "../../render/baseline-words.ts";
import { instant } from "../../render/format.ts";
import { plainTable } from "../../render/plain-table.ts";
import { plainText } from "../../render/plain-text.ts";
import { watchText } from "../../render/watch-words.ts";
import type { CliContext } from "../context.ts";
import { readTime } from "../read-time.ts";
import { withServices } from "../with-services.ts";
import { shadowText } from "./shadow.ts";

const versionsExample = `
Examples:
  $ driftward versions churn
  $ driftward versions churn --at 2026-03-01`;

const routeExample = `
Example:
  $ driftward route churn --json`;

/** `driftward versions` and `driftward route`: which version served when, and which does now. */
export function addVersionsCommands(program: Command, context: CliContext): void {
  program
    .command("versions")
    .description("show a model's versions and which was champion when")
    .argument("<model>")
    .option("--at <time>", "only who was champion then, such as 2026-03-01 or 2026-03-01T12:00Z")
    .option("--json", "print JSON of schema driftward/versions/v1")
    .addHelpText("after", versionsExample)
    .action(async (name: string, { at, json }: { readonly at?: string; readonly json?: true }, command: Command) => {
      const time = at === undefined ? undefined : readTime("--at", at);
      const { found, shadow } = await withServices(
        context,
        command,
        { act: "look", on: { model: name } },
        async (services) => ({
          found: await modelVersions(services.state, name),
          shadow: time === undefined ? await shadowStatus(services, name) : undefined,
        }),
      );
      const then = time === undefined ? undefined : championAt(found, time);
      if (json)
        context.out(
          `${JSON.stringify({ schema: "driftward/versions/v1", ...found, ...(time === undefined ? { shadow: shadow ?? null } : { at: time, champion: then ?? null }) })}\n`,
        );
      else if (time !== undefined) context.out(atText(name, time, then));
      else context.out(`${listing(found)}\n${shadow === undefined ? "" : `\n${shadowText(shadow)}`}`);
    });
  program
    .command("route")
    .description("show which version of a model serves, and which is tried in shadow")
    .argument("<model>")
    .option("--json", "print JSON of schema driftward/route/v1")
    .addHelpText("after", routeExample)
    .action(async (model: string, { json }: { readonly json?: true }, command: Command) => {
      const found = await withServices(context, command, { act: "look", on: { model } }, ({ state }) =>
        route(state, model),
      );
      const { champion, challenger } = found;
      if (json) context.out(`${JSON.stringify({ schema: "driftward/route/v1", ...found })}\n`);
      else {
        context.out(`${plainText(model)}: version ${served(champion)} serves\n`);
        if (challenger !== undefined)
          context.out(`in shadow: version ${served(challenger)} of run ${challenger.run}\n`);
      }
    });
}

function served({ version, artifact }: { readonly version: string; readonly artifact: string | undefined }): string {
  return artifact === undefined ? plainText(version) : `${plainText(version)} (${plainText(artifact)})`;
}

function atText(model: string, at: Date, reign: Reign | undefined): string {
  if (reign === undefined) return `${plainText(model)} had no champion at ${instant(at)}\n`;
  const until = reign.to === undefined ? "still" : `until ${instant(reign.to)}`;
  return `${plainText(model)} at ${instant(at)}: version ${plainText(reign.version)}, champion from ${instant(reign.from)}, ${until}\n  ${plainText(reign.reason)}\n`;
}

function listing({ versions, reigns }: ModelVersions): string {
  const rows = versions.map((one) => [
    one.champion ? "champion" : "",
    plainText(one.version),
    instant(one.createdAt),
    one.baseline === undefined ? "" : baselineText(one.baseline),
    plainText(one.artifact ?? ""),
    watchCell(one),
  ]);
  const served = reigns.map(({ version, from, to, reason }) => [
    plainText(version),
    instant(from),
    to === undefined ? "" : instant(to),
    plainText(reason),
  ]);
  return [
    plainTable(["", "version", "made", "baseline", "artifact", "watch"], rows),
    ...(served.length === 0 ? [] : ["", "Champions", plainTable(["version", "from", "to", "why"], served)]),
    ...versions.flatMap(({ version, blocked }) =>
      blocked === undefined ? [] : ["", `Version ${plainText(version)} is blocked: ${plainText(blocked)}`],
    ),
  ].join("\n");
}

function watchCell({ watch }: VersionStatus): string {
  return watch === undefined ? "" : watchText(watch);
}
