import { millisecondsPer } from "../../src/core/units.ts";
import { naiveRules } from "./judges.ts";
import { hourlySettings } from "./settings.ts";
import { row, upperOfRate } from "./tables.ts";
import { countHourly, type HourlyOutcome, type Setting } from "./trial.ts";

const days = 30;
/** Baselines on which the naive rules are counted too: they alarm so often that a few tell. */
const naiveBaselines = 3;
const sizes = [0.5, 1];

/** Table of incidents at a budget of one in 30 days, checked every hour over windows of 24 h: of some settings, or of all. */
export function reportHourly(baselines: number, named: readonly string[] = []): string {
  const chosen = hourlySettings.filter(({ setting }) => named.length === 0 || named.includes(setting.name));
  const rows = chosen.map(({ setting, weight }) => run(setting, Math.max(2, Math.round(baselines * weight))));
  const heads = [
    "setting",
    "times 30 days",
    "incidents per 30 days",
    "upper end",
    "α per check",
    "delay +0.5 sd",
    "delay +1 sd",
  ];
  return [
    "### Incidents per 30 quiet days at a budget of 1 per 30d, hourly; and hours until a change is seen\n",
    row([...heads, ...naiveRules.map(({ name }) => name)]),
    row(Array.from({ length: heads.length + naiveRules.length }, () => "---")),
    ...rows,
    "",
  ].join("\n");
}

function run(setting: Setting, baselines: number): string {
  const outcomes = Array.from({ length: baselines }, (_, i) =>
    countHourly(setting, 1_000 + i, {
      days,
      budgetPerMs: days * millisecondsPer.d,
      naive: i < naiveBaselines,
      change: { name: "shift", shift: sizes[i % 2] ?? 1, scale: 1 },
    }),
  );
  process.stderr.write(`${setting.name}, hourly\n`);
  const perSpan = (days * 24) / (days * 24 - setting.spanHours + 1);
  const incidents = outcomes.map((outcome) => outcome.incidents * perSpan);
  const naive = outcomes.flatMap((outcome) => (outcome.naive === undefined ? [] : [outcome.naive]));
  return row([
    setting.name,
    String(baselines),
    mean(incidents).toFixed(2),
    upperOfRate(incidents).toFixed(2),
    `${(100 * median(outcomes.map(({ alpha }) => alpha))).toPrecision(2)} %`,
    ...sizes.map((_, size) => delayOf(outcomes.filter((__, i) => i % 2 === size))),
    ...naiveRules.map((_, rule) => mean(naive.map((counts) => counts[rule] ?? 0)).toFixed(1)),
  ]);
}

function delayOf(outcomes: readonly HourlyOutcome[]): string {
  const hours = outcomes.map(({ delay }) => delay ?? Number.POSITIVE_INFINITY);
  const middle = median(hours);
  return Number.isFinite(middle) ? `${middle} h` : "not in 14 days";
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
