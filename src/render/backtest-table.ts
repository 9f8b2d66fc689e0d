import type { Backtest, BacktestTrial } from "../core/replay/replayed-policy.ts";
import { plainTable } from "./plain-table.ts";
import { plainText } from "./plain-text.ts";
import {
  figures,
  isDaily,
  moment,
  promotionText,
  rollbackText,
  runText,
  spanText,
  unknownThenText,
  valuesText,
} from "./replay-words.ts";
import { ruleText } from "./segment-words.ts";
import type { Colors } from "./verdict-mark.ts";

/** A backtest for a terminal: one policy with all it would have done, or a sweep with a row a trial. */
export function backtestTable(backtest: Backtest, colors: Colors): string {
  const [only, ...others] = backtest.trials;
  const title = `${colors.bold(plainText(backtest.model))}  ${colors.dim(`${plainText(backtest.path)}, ${spanText(backtest.span)}`)}`;
  const body = only !== undefined && others.length === 0 ? trialText(only, colors) : sweepText(backtest.trials, colors);
  const assumed = new Set(backtest.trials.flatMap(({ assumptions }) => assumptions));
  const unknown = unknownThenText(backtest);
  const told = unknown === undefined ? [] : ["", colors.yellow(unknown)];
  return [title, "", ...body, ...told, ...[...assumed].map((text) => colors.dim(`Taken for granted: ${text}.`))].join(
    "\n",
  );
}

function trialText(trial: BacktestTrial, colors: Colors): readonly string[] {
  const daily = isDaily(trial);
  const { incidents, runs, promotions, rollbacks } = trial.replay;
  const settings = trial.settings.map(({ path, value }) => `${plainText(path)}: ${plainText(value)}`);
  return [
    ...(settings.length === 0 ? [] : [settings.join(", "), ""]),
    ...(trial.replay.checks.length === 0 ? [] : [strip(trial, colors), ""]),
    plainTable(
      ["", ""],
      figures(trial).map(([name, value]) => [name, value]),
    )
      .split("\n")
      .slice(1)
      .join("\n"),
    ...section(
      "Incidents",
      ["", "opened", "ended", "rule", "with"],
      incidents.map((incident) => [
        incident.severity === "critical" ? colors.red("✗") : colors.yellow("▲"),
        incident.before ? "before" : moment(incident.openedAt, daily),
        incident.resolvedAt === undefined
          ? "open"
          : `${moment(incident.resolvedAt, daily)} ${colors.dim(plainText(incident.resolution ?? ""))}`,
        ruleText(incident),
        plainText(valuesText(incident.values)),
      ]),
    ),
    ...section(
      "Retrains",
      ["", "at", "rule", "what became of it"],
      runs.map((run) => [
        run.outcome === "started" ? colors.cyan("⟳") : colors.dim("·"),
        moment(run.at, daily),
        plainText(run.rule),
        plainText(runText(run)),
      ]),
    ),
    ...section(
      "Promotions, as they were",
      ["", "at", "version"],
      promotions.map((one) => [colors.green("★"), moment(one.at, daily), plainText(promotionText(one))]),
    ),
    ...section(
      "Rollbacks",
      ["", "at", "what and why"],
      rollbacks.map((one) => [colors.red("↩"), moment(one.at, daily), plainText(rollbackText(one))]),
    ),
  ];
}

const letters = { ok: "✓", warning: "▲", critical: "✗", inconclusive: "?" } as const;
const widest = 96;

/** A mark a check; of more checks than fit, the worst of each stretch. */
function strip({ replay: { checks } }: BacktestTrial, colors: Colors): string {
  const paint = {
    ok: colors.green,
    warning: colors.yellow,
    critical: colors.red,
    inconclusive: colors.cyan,
  };
  const size = Math.max(1, Math.ceil(checks.length / widest));
  const order = ["critical", "warning", "ok", "inconclusive"] as const;
  let text = "";
  for (let i = 0; i < checks.length; i += size) {
    const part = checks.slice(i, i + size);
    const worst = order.find((verdict) => part.some((check) => check.verdict === verdict)) ?? "inconclusive";
    text += paint[worst](letters[worst]);
  }
  return size === 1 ? text : `${text}  ${colors.dim(`(the worst of ${size} checks each)`)}`;
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : ["", title, plainTable(head, rows)];
}

function sweepText(trials: readonly BacktestTrial[], { dim }: Colors): readonly string[] {
  const paths = trials[0]?.settings.map(({ path }) => plainText(path)) ?? [];
  const names = trials[0] === undefined ? [] : figures(trials[0]).map(([name]) => name);
  const rows = trials.map((trial) => [
    ...trial.settings.map(({ value }) => plainText(value)),
    ...figures(trial).map(([, value]) => value),
  ]);
  return [plainTable([...paths, ...names], rows), "", dim("--html FILE draws what happened when, for each of them")];
}
