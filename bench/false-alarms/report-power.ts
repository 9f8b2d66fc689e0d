import { seededRandom } from "../../src/core/metrics/seeded-random.ts";
import { naiveRules } from "./judges.ts";
import type { Outcome } from "./report-checks.ts";
import { percent, row } from "./tables.ts";
import type { Judged } from "./trial.ts";

const resamples = 2_000;

/** Shares of the changed windows of one change that are seen: by Driftward, and by each naive rule. */
interface Seen {
  readonly own: number;
  readonly naive: readonly number[];
}

/** One change in one setting: as drawn, and by resample of the baselines. */
interface PowerRow {
  readonly setting: string;
  readonly change: string;
  readonly seen: Seen;
  readonly drawn: readonly Seen[];
}

/**
 * Tables of power at equal false alarms: each naive rule has the limit that gives it as many alarms on the null windows of
 * the setting as Driftward has. What the noise of that limit and of the windows comes to is told by resampling baselines,
 * with all their windows. The last line of the first table has one limit for all settings, as a rule that is written down
 * has: with as many false alarms as Driftward on average over them.
 */
export function reportPower(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(powerRows);
  const kinds = [...new Set(rows.map(({ change }) => change))];
  const heads = ["Driftward", ...naiveRules.map(({ name }) => name.replace(/ [><].*/, ""))];
  const rule = (first: number) => row(Array.from({ length: first + heads.length }, () => "---"));
  return [
    "\n### Changed windows with an alarm, at equal false alarms: all settings together, and in brackets the 95 % interval of what a rule sees more\n",
    row(["change", "settings", ...heads]),
    rule(2),
    ...kinds.map((kind) =>
      summaryRow(
        kind,
        rows.filter(({ change }) => change === kind),
      ),
    ),
    summaryRow("all", rows),
    oneLimitRow(outcomes, rows.length),
    "\n### The same, setting by setting, one feature changed; \\* the 95 % interval of what a rule sees more lies above 0\n",
    row(["setting", "change", ...heads]),
    rule(2),
    ...rows.map((one) => {
      const naive = one.seen.naive.map((share, i) => {
        const better = intervalOf(one.drawn.map((seen) => (seen.naive[i] ?? 0) - seen.own)).low > 0;
        return `${percent(share)}${better ? " \\*" : ""}`;
      });
      return row([one.setting, one.change, percent(one.seen.own), ...naive]);
    }),
  ].join("\n");
}

function summaryRow(name: string, rows: readonly PowerRow[]): string {
  const own = mean(rows.map(({ seen }) => seen.own));
  const naive = naiveRules.map((_, i) => {
    const share = mean(rows.map(({ seen }) => seen.naive[i] ?? 0));
    const more = Array.from({ length: resamples }, (__, sample) =>
      mean(rows.map(({ drawn }) => (drawn[sample]?.naive[i] ?? 0) - (drawn[sample]?.own ?? 0))),
    );
    const { low, high } = intervalOf(more);
    return `${percent(share)} (${points(low)} to ${points(high)})`;
  });
  return row([name, String(rows.length), percent(own), ...naive]);
}

function oneLimitRow(outcomes: readonly Outcome[], changes: number): string {
  const quiet = outcomes.map((outcome) => outcome.quiet.flat());
  const changed = outcomes.flatMap((outcome) => outcome.changed.map(({ windows }) => windows.flat()));
  const meanShare = (of: readonly (readonly Judged[])[], holds: (window: Judged) => boolean) =>
    mean(of.map((windows) => windows.filter(holds).length / windows.length));
  const falseAlarms = meanShare(quiet, ({ alarm }) => alarm);
  const naive = naiveRules.map(({ score }) => {
    const scored = quiet.flatMap((windows) =>
      windows.map(({ naive: of }) => ({ at: of[score], weight: 1 / windows.length })),
    );
    scored.sort((one, other) => other.at - one.at);
    let left = falseAlarms * quiet.length;
    const next = scored.findIndex(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    const limit = scored[next]?.at ?? Number.POSITIVE_INFINITY;
    return percent(meanShare(changed, (window) => window.naive[score] > limit));
  });
  return row([
    "all, one limit for all settings",
    String(changes),
    percent(meanShare(changed, ({ alarm }) => alarm)),
    ...naive,
  ]);
}

function powerRows({ setting, quiet, changed }: Outcome): readonly PowerRow[] {
  const all = quiet.map((_, baseline) => baseline);
  const random = seededRandom(7);
  const samples = Array.from({ length: resamples }, () => all.map(() => Math.floor(random() * all.length)));
  const drawn = samples.map((sample) => seenBy(quiet, changed, sample));
  const seen = seenBy(quiet, changed, all);
  return changed.map(({ name }, i) => ({
    ...{ setting: setting.name, change: name, seen: seen[i] ?? none },
    drawn: drawn.map((shares) => shares[i] ?? none),
  }));
}

const none: Seen = { own: 0, naive: [] };

/** For each change what is seen of it, by the windows of some baselines. */
function seenBy(quiet: Outcome["quiet"], changed: Outcome["changed"], baselines: readonly number[]): readonly Seen[] {
  const windows = baselines.flatMap((baseline) => quiet[baseline] ?? []);
  const falseAlarms = windows.filter(({ alarm }) => alarm).length;
  const limits = naiveRules.map(({ score }) => {
    const scores = Float64Array.from(windows, ({ naive }) => naive[score]).sort();
    return scores[scores.length - 1 - falseAlarms] ?? Number.POSITIVE_INFINITY;
  });
  return changed.map((change) => {
    const judged = baselines.flatMap((baseline) => change.windows[baseline] ?? []);
    const share = (holds: (window: Judged) => boolean) => judged.filter(holds).length / judged.length;
    return {
      own: share(({ alarm }) => alarm),
      naive: naiveRules.map(({ score }, i) => share(({ naive }) => naive[score] > (limits[i] ?? 0))),
    };
  });
}

function intervalOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { low: at(0.025), high: at(0.975) };
}

function points(share: number): string {
  return `${share < 0 ? "-" : "+"}${(100 * Math.abs(share)).toFixed(1)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
