import { mcnemarTest } from "../../src/core/metrics/mcnemar-test.ts";
import { type NaiveScores, naiveRules } from "./judges.ts";
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
const changedWindows = 6;

interface Outcome {
  readonly setting: Setting;
  readonly quiet: readonly (readonly Judged[])[];
  readonly changed: readonly (readonly Judged[])[];
  readonly effect: number;
}

/** Tables of false alarms and power at 5 % per check, of the settings of these names or of all. */
export function reportChecks(baselines: number, named: readonly string[] = []): string {
  const chosen = checkSettings.filter(({ setting }) => named.length === 0 || named.includes(setting.name));
  const outcomes = chosen.map(({ setting, weight }) => run(setting, Math.max(2, Math.round(baselines * weight))));
  return [
    "### Null windows with an alarm, at 5 % per check\n",
    row([
      "setting",
      "windows",
      "design effect",
      "Driftward",
      "upper end",
      "without floor",
      ...naiveRules.map(({ name }) => name),
    ]),
    row(Array.from({ length: 6 + naiveRules.length }, () => "---")),
    ...outcomes.map(nullRow),
    "\n### Changed windows with an alarm, one feature changed; naive rules at a limit that gives them the false alarms of Driftward without its floor; \\* better than Driftward (McNemar on the same windows, p < 0.05)\n",
    row([
      "setting",
      "change",
      "Driftward",
      "without floor",
      ...naiveRules.map(({ name }) => name.replace(/ [><].*/, "")),
    ]),
    row(Array.from({ length: 4 + naiveRules.length }, () => "---")),
    ...outcomes.flatMap(powerRows),
    "",
  ].join("\n");
}

function run(setting: Setting, baselines: number): Outcome {
  const ours = changes.filter(
    ({ feature }) => feature < 2 || setting.features[feature]?.name.startsWith("of 10") === true,
  );
  const quiet: (readonly Judged[])[] = [];
  const changed: Judged[][] = ours.map(() => []);
  const effects: number[] = [];
  for (let seed = 1; seed <= baselines; seed += 1) {
    const judged = judgePerCheck(setting, seed, { nullWindows, changes: ours, windows: changedWindows });
    quiet.push(judged.quiet);
    for (const [i, windows] of judged.changed.entries()) changed[i]?.push(...windows);
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

function powerRows({ setting, quiet, changed }: Outcome): readonly string[] {
  const windows = quiet.flat();
  const falseAlarms = windows.filter(({ significant }) => significant).length;
  const limitOf = (score: keyof NaiveScores) =>
    windows.map(({ naive }) => naive[score]).sort((a, b) => b - a)[falseAlarms] ?? Number.POSITIVE_INFINITY;
  const limits = naiveRules.map(({ score }) => ({ score, limit: limitOf(score) }));
  return changed.map((judged, i) => {
    const share = (holds: (one: Judged) => boolean) => percent(judged.filter(holds).length / judged.length);
    return row([
      setting.name,
      changes.filter(({ feature }) => feature < 2 || changed.length === changes.length)[i]?.name ?? "",
      share(({ alarm }) => alarm),
      share(({ significant }) => significant),
      ...limits.map(({ score, limit }) => {
        const seen = ({ naive }: Judged) => naive[score] > limit;
        return `${share(seen)}${isBetter(judged, seen) ? " \\*" : ""}`;
      }),
    ]);
  });
}

/** Whether a rule sees windows that Driftward does not, more often than the other way round and beyond noise. */
function isBetter(windows: readonly Judged[], seen: (window: Judged) => boolean): boolean {
  const only = windows.filter((window) => seen(window) && !window.alarm).length;
  const missed = windows.filter((window) => !seen(window) && window.alarm).length;
  return only > missed && mcnemarTest(only, missed) < 0.05;
}
