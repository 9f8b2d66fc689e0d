import { naiveRules } from "./judges.ts";
import { reportPower } from "./report-power.ts";
import { checkSettings } from "./settings.ts";
import { percent, row, upperOfShare } from "./tables.ts";
import { type Judged, judgePerCheck, type Setting } from "./trial.ts";
import type { Change } from "./worlds.ts";

/** What happens to one of the features; those of the mixed settings are chosen by kind. */
const changes: readonly (Change & { readonly feature: number })[] = [
  { name: "mean +0.25 sd", shift: 0.25, scale: 1, feature: 0 },
  { name: "mean +0.5 sd", shift: 0.5, scale: 1, feature: 0 },
  { name: "mean +1 sd", shift: 1, scale: 1, feature: 0 },
  { name: "scale × 1.5", shift: 0, scale: 1.5, feature: 1 },
  { name: "category of ten, by 0.5 sd", shift: 0.5, scale: 1, feature: 18 },
];
const nullWindows = 30;
const changedWindows = 8;

/** What one setting came to. */
export interface Outcome {
  readonly setting: Setting;
  /** Baseline by baseline, the windows in which nothing changed. */
  readonly quiet: readonly (readonly Judged[])[];
  /** Change by change, the changed windows of each baseline. */
  readonly changed: readonly { readonly name: string; readonly windows: readonly (readonly Judged[])[] }[];
  readonly effect: number;
}

/** Tables of false alarms and power at 5 % per check, of the settings of these names or of all. */
export function reportChecks(baselines: number, named: readonly string[] = []): string {
  const chosen = checkSettings.filter(({ setting }) => named.length === 0 || named.includes(setting.name));
  const outcomes = chosen.map(({ setting, weight }) => run(setting, Math.max(2, Math.round(baselines * weight))));
  const heads = ["setting", "windows", "design effect", "Driftward", "upper end", "without floor"];
  return [
    "### Null windows with an alarm, at 5 % per check\n",
    row([...heads, ...naiveRules.map(({ name }) => name)]),
    row(Array.from({ length: heads.length + naiveRules.length }, () => "---")),
    ...outcomes.map(nullRow),
    reportPower(outcomes),
    "",
  ].join("\n");
}

function run(setting: Setting, baselines: number): Outcome {
  const ours = changes.filter(
    ({ feature }) => feature < 2 || setting.features[feature]?.name.startsWith("of 10") === true,
  );
  const quiet: (readonly Judged[])[] = [];
  const changed = ours.map(({ name }) => ({ name, windows: [] as (readonly Judged[])[] }));
  const effects: number[] = [];
  for (let seed = 1; seed <= baselines; seed += 1) {
    const judged = judgePerCheck(setting, seed, { nullWindows, changes: ours, windows: changedWindows });
    quiet.push(judged.quiet);
    for (const [i, windows] of judged.changed.entries()) changed[i]?.windows.push(windows);
    effects.push(...Object.values(judged.effects.byFeature).map(({ value }) => value));
  }
  process.stderr.write(`${setting.name}\n`);
  return { setting, quiet, changed, effect: effects.reduce((sum, value) => sum + value, 0) / effects.length };
}

function nullRow({ setting, quiet, effect }: Outcome): string {
  const windows = quiet.flat();
  const share = (holds: (one: Judged) => boolean) => percent(windows.filter(holds).length / windows.length);
  const counts = quiet.map((own) => own.filter(({ alarm }) => alarm).length);
  return row([
    setting.name,
    String(windows.length),
    effect.toFixed(1),
    share(({ alarm }) => alarm),
    percent(upperOfShare(counts, nullWindows)),
    share(({ significant }) => significant),
    ...naiveRules.map(({ score, limit }) => share(({ naive }) => naive[score] >= limit)),
  ]);
}
