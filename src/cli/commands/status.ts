import type { Command } from "commander";
import { requireModel } from "../../actions/check-model.ts";
import { type ModelStatus, status } from "../../actions/status.ts";
import { formatPlace } from "../../core/errors.ts";
import type { IncidentRow } from "../../ports/state.ts";
import { baselineText, liveBaselineText } from "../../render/baseline-words.ts";
import { instant } from "../../render/format.ts";
import { plainTable } from "../../render/plain-table.ts";
import { plainText } from "../../render/plain-text.ts";
import { ruleText } from "../../render/segment-words.ts";
import { verdictMark } from "../../render/verdict-mark.ts";
import { isStuck, watchText } from "../../render/watch-words.ts";
import type { CliContext } from "../context.ts";
import { withServices } from "../with-services.ts";

const example = `
Examples:
  $ driftward status
  $ driftward status churn --json`;

/** `driftward status`: how the models stand. */
export function addStatusCommand(program: Command, context: CliContext): void {
  program
    .command("status")
    .description("show models: champion, last checks, incidents, runs")
    .argument("[model]", "only this one, with more of its history")
    .option("--json", "print JSON of schema driftward/status/v1")
    .addHelpText("after", example)
    .action(async (name: string | undefined, options: { readonly json?: true }, command: Command) => {
      const found = await withServices(context, command, { act: "look", on: { model: name } }, async (services) => {
        const { state } = services;
        const models = name === undefined ? await state.models.list() : [await requireModel(state, name)];
        return status(services, models, name === undefined ? 1 : 10);
      });
      if (options.json)
        context.out(`${JSON.stringify({ schema: "driftward/status/v1", models: found.map(asJson) })}\n`);
      else if (found.length === 0)
        context.out("No models yet. `driftward baseline MODEL VERSION FILE` makes the first.\n");
      else if (name === undefined) context.out(`${overview(context, found)}\n`);
      else context.out(`${found.map((one) => detail(context, one)).join("\n")}\n`);
    });
}

/** How the champion is held to its promise. */
function watchLines({ colors }: CliContext, { champion, watch }: ModelStatus): readonly string[] {
  if (watch === undefined) return [];
  const said = `version ${plainText(champion ?? "")}: ${watchText(watch)}`;
  return ["", `Watch  ${isStuck(watch) ? colors.red(said) : said}`];
}

function overview({ colors }: CliContext, models: readonly ModelStatus[]): string {
  const rows = models.map((one) => {
    const {
      model,
      policy,
      refused,
      checks: [last],
      openIncidents,
      runs: [run],
    } = one;
    return [
      last?.verdict === undefined
        ? colors.dim(last === undefined ? "not checked yet" : last.state)
        : verdictMark(last.verdict, colors),
      colors.bold(plainText(model.name)),
      championCell(colors, one),
      last === undefined ? "" : instant(last.windowEnd),
      openIncidents.map((incident) => `INC-${incident.number} ${incidentText(one, incident)}`).join(", ") || "none",
      run === undefined ? "none" : `run ${run.number} ${run.state}`,
      policyCell(colors, policy, refused),
    ];
  });
  return plainTable(["", "model", "champion", "checked up to", "open incidents", "last run", "policy"], rows);
}

function championCell(colors: CliContext["colors"], { champion, watch }: ModelStatus): string {
  if (champion === undefined) return "none";
  const name = plainText(champion);
  return watch !== undefined && isStuck(watch) ? `${name} ${colors.red("promise broken")}` : name;
}

function detail(context: CliContext, one: ModelStatus): string {
  const { colors } = context;
  const checks = one.checks.map((check) => [
    instant(check.windowEnd),
    check.verdict === undefined ? check.state : verdictMark(check.verdict, colors),
    String(check.rowCount ?? ""),
    [check.reason ?? "", check.quarantined > 0 ? `${check.quarantined}h in quarantine` : ""]
      .filter((part) => part !== "")
      .map(plainText)
      .join("; "),
  ]);
  const quarantines = one.quarantines.map(({ number, from, to, createdBy, reason }) => [
    `quarantine ${number}`,
    instant(from),
    instant(to),
    plainText(createdBy),
    plainText(reason),
  ]);
  const incidents = one.incidents.map((incident) => [
    `INC-${incident.number}`,
    incident.state,
    incident.severity,
    incidentText(one, incident),
    instant(incident.openedAt),
    endedText(one, incident),
  ]);
  const runs = one.runs.map((run) => [
    `run ${run.number}`,
    run.state,
    instant(run.createdAt),
    plainText(run.outcome ?? run.reason),
  ]);
  return [
    overview(context, [one]),
    ...baselineLines(context, one),
    ...(one.refused === undefined ? [] : refusal(context, one.refused)),
    ...watchLines(context, one),
    ...section("Checks", ["up to", "verdict", "rows", "reason"], checks),
    ...section("Incidents", ["", "state", "severity", "rule", "opened", "ended"], incidents),
    ...section("Quarantines", ["", "from", "to", "by", "reason"], quarantines),
    ...section("Runs", ["", "state", "started", "outcome"], runs),
  ].join("\n");
}

/** Where the champion's baseline comes from, and what becomes of a live one. */
function baselineLines({ colors }: CliContext, { baseline, liveBaseline }: ModelStatus): readonly string[] {
  const live = liveBaseline === undefined ? undefined : liveBaselineText(liveBaseline);
  const mark = liveBaseline?.state === "kept" ? colors.yellow("▲ ") : "";
  return [
    ...(baseline === undefined
      ? []
      : ["", `Baseline  ${baselineText(baseline)} (since ${instant(baseline.createdAt)})`]),
    ...(live === undefined ? [] : [`          ${mark}${live}`]),
  ];
}

/** The rule, with the other models where the incident is of several. */
function incidentText({ model, members }: ModelStatus, incident: IncidentRow): string {
  const all = members.filter(({ incidentId }) => incidentId === incident.id).map((member) => plainText(member.model));
  const others = [...new Set(all)].filter((name) => name !== plainText(model.name));
  const from = plainText(incident.sourceKey ?? "");
  return `${ruleText(incident)}${others.length === 0 ? "" : ` (with ${others.join(", ")}: ${from})`}`;
}

function endedText({ model, members }: ModelStatus, incident: IncidentRow): string {
  const { id, resolvedAt, resolution } = incident;
  if (resolvedAt !== undefined) return `${instant(resolvedAt)}: ${plainText(resolution ?? "")}`;
  const own = members.filter(({ incidentId, modelId }) => incidentId === id && modelId === model.id).at(-1);
  if (own?.leftAt === undefined) return "";
  return `left ${instant(own.leftAt)}: ${plainText(own.resolution ?? "")}`;
}

function policyCell(
  colors: CliContext["colors"],
  policy: ModelStatus["policy"],
  refused: ModelStatus["refused"],
): string {
  const inForce =
    policy === undefined ? colors.yellow("no policy") : `${plainText(policy.path)}${atCommit(policy.commit)}`;
  return refused === undefined
    ? inForce
    : `${inForce} ${colors.red(`refused: ${plainText(refused.path)}${atCommit(refused.gitCommit)}`)}`;
}

const atCommit = (commit: string | undefined): string =>
  commit === undefined ? "" : ` @ ${plainText(commit.slice(0, 7))}`;

function refusal({ colors }: CliContext, refused: NonNullable<ModelStatus["refused"]>): readonly string[] {
  const by = refused.author === undefined ? "" : ` by ${plainText(refused.author)}`;
  return [
    "",
    `${colors.red("Policy refused")} ${instant(refused.refusedAt)}: ${plainText(refused.path)}${atCommit(refused.gitCommit)}${by}; the revision before it stays in force`,
    ...refused.problems.map(({ place, message }) => `  ${plainText(`${formatPlace(place)}: ${message}`)}`),
  ];
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : ["", title, plainTable(head, rows)];
}

function asJson(status: ModelStatus): object {
  const { model, champion, baseline, liveBaseline, policy, refused } = status;
  const { checks, openIncidents, incidents, members, runs, watch, quarantines } = status;
  return {
    model: model.name,
    champion: champion ?? null,
    baseline: baseline ?? null,
    liveBaseline: liveBaseline ?? null,
    policy: policy ?? null,
    refusedPolicy: refused ?? null,
    checks,
    openIncidents,
    incidents,
    members,
    runs,
    watch: watch ?? null,
    quarantines,
  };
}
