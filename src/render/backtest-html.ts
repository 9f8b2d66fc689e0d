import type { Backtest, BacktestTrial } from "../core/replay/replayed-policy.ts";
import { drawReplay } from "./html/draw-replay.ts";
import { htmlPage, htmlText } from "./html/page.ts";
import { figures, isDaily, moment, runText, spanText, unknownThenText, valuesText } from "./replay-words.ts";
import { ruleText } from "./segment-words.ts";

/**
 * A backtest as one page that stands alone: for each trial what happened when, drawn and listed. No script, nothing from
 * the network.
 */
export function backtestHtml(backtest: Backtest): string {
  const { model, path, span, trials } = backtest;
  const title = `Backtest of ${model}`;
  const sweep = trials.length > 1;
  const body = [
    `<header><h1>${htmlText(title)}</h1><p class="soft">${htmlText(path)}, ${htmlText(spanText(span))}</p></header>`,
    sweep ? `<h2>All trials</h2>${comparison(trials)}` : "",
    paragraph(unknownThenText(backtest)),
    ...trials.map((trial) => trialSection(trial, sweep)),
    footer(trials),
  ];
  return htmlPage(title, body.filter((part) => part !== "").join("\n"));
}

function paragraph(text: string | undefined): string {
  return text === undefined ? "" : `<p>${htmlText(text)}</p>`;
}

function settingsText({ settings }: BacktestTrial): string {
  return settings.map(({ path, value }) => `${path}: ${value}`).join(", ");
}

function comparison(trials: readonly BacktestTrial[]): string {
  const [first] = trials;
  const names = first === undefined ? [] : figures(first).map(([name]) => name);
  const rows = trials.map((trial) => [settingsText(trial), ...figures(trial).map(([, value]) => value)]);
  return table(["", ...names], rows);
}

function trialSection(trial: BacktestTrial, sweep: boolean): string {
  const daily = isDaily(trial);
  const { incidents, runs } = trial.replay;
  const listed = [
    incidents.length === 0
      ? ""
      : `<h3 style="margin:18px 0 6px">Incidents</h3>${table(
          ["", "opened", "ended", "rule", "with", "why it ended"],
          incidents.map((incident) => [
            incident.severity === "critical" ? "✗ critical" : "▲ warning",
            incident.before ? "before" : moment(incident.openedAt, daily),
            incident.resolvedAt === undefined ? "open" : moment(incident.resolvedAt, daily),
            ruleText(incident),
            valuesText(incident.values),
            incident.resolution ?? "",
          ]),
        )}`,
    runs.length === 0
      ? ""
      : `<h3 style="margin:18px 0 6px">Retrains</h3>${table(
          ["", "at", "rule", "what became of it"],
          runs.map((run) => [run.outcome === "started" ? "●" : "○", moment(run.at, daily), run.rule, runText(run)]),
        )}`,
  ];
  return `<section><h2>${htmlText(sweep ? settingsText(trial) : "What it would have done")}</h2>
<div class="box">${sweep ? "" : numbers(trial)}${drawReplay(trial.replay)}${legend}${listed.join("")}</div></section>`;
}

function numbers(trial: BacktestTrial): string {
  const cells = figures(trial).map(
    ([name, value]) => `<div><p class="label">${htmlText(name)}</p><p><strong>${htmlText(value)}</strong></p></div>`,
  );
  return `<div style="display:grid;gap:12px 20px;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));margin-bottom:16px">${cells.join("")}</div>`;
}

/** Heights tell verdicts apart as well as colours do. */
const legend = `<p class="key" style="margin-top:10px">${(
  [
    ["ok", "--good", 5],
    ["warning", "--drift", 12],
    ["critical", "--bad", 14],
    ["inconclusive", "--unsure", 2],
  ] as const
)
  .map(
    ([word, color, height]) =>
      `<span><svg viewBox="0 0 26 14" aria-hidden="true"><rect x="4" y="${14 - height}" width="18" height="${height}" style="fill:var(${color})"/></svg>${word}</span>`,
  )
  .join(
    "",
  )}<span><svg viewBox="0 0 26 14" aria-hidden="true"><circle cx="13" cy="7" r="5" style="fill:var(--live)"/></svg>retrain</span><span>★ new champion, as it was</span></p>`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, texts: readonly string[]) =>
    texts
      .map(
        (text) =>
          `<${tag}${/^\d{4}-\d{2}-\d{2}/.test(text) ? ' style="white-space:nowrap"' : ""}>${htmlText(text)}</${tag}>`,
      )
      .join("");
  return `<div class="scroll"><table class="data"><thead><tr>${cells("th", head)}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells("td", row)}</tr>`)
    .join("")}</tbody></table></div>`;
}

function footer(trials: readonly BacktestTrial[]): string {
  const assumed = [...new Set(trials.flatMap(({ assumptions }) => assumptions))];
  const lines = [
    "Champions stay what they were: a replay trains nothing, so a retrain that never was changes no later check.",
    ...assumed.map((text) => `Taken for granted: ${text}.`),
  ];
  return `<footer>${lines.map((line) => `<p>${htmlText(line)}</p>`).join("")}</footer>`;
}
