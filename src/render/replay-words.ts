import type { RecordedPromotion, ReplayedIncident, ReplayedRollback, ReplayedRun } from "../core/replay/replay.ts";
import type { Backtest, ReplayedPolicy, Span } from "../core/replay/replayed-policy.ts";
import { instant, number } from "./format.ts";

/** The day of an instant, and the minute where checks are made more than once a day. */
export function moment(at: Date, spanIsDaily: boolean): string {
  return spanIsDaily ? at.toISOString().slice(0, 10) : `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Whether checks are a day apart, or more. */
export function isDaily({ replay: { checks } }: ReplayedPolicy): boolean {
  const [first, second] = checks;
  return first === undefined || second === undefined || second.slot.getTime() - first.slot.getTime() >= 86_400_000;
}

export function spanText({ from, to }: Span): string {
  return `${instant(from)} to ${instant(to)}`;
}

/** Why a replay saw nothing, where nothing was known at its time; undefined where it saw rows. */
export function unknownThenText({ hindsight, trials }: Backtest): string | undefined {
  const sawRows = trials.some(({ replay: { checks } }) => checks.some(({ rows }) => rows > 0));
  if (hindsight || sawRows) return undefined;
  return "Nothing was known at that time: the rows or the first champion came later. --hindsight uses all that is known today.";
}

/** The version that became champion, or whose baseline changed while it was. */
export function promotionText({ version, baselineOnly }: RecordedPromotion): string {
  return baselineOnly === true ? `${version}, with another baseline` : version;
}

/** Names of a condition with their values: `drift.share = 0.44`. */
export function valuesText(values: ReplayedIncident["values"]): string {
  const texts = Object.entries(values).map(
    ([name, value]) => `${name} = ${typeof value === "number" ? number(value) : String(value)}`,
  );
  return texts.join(", ");
}

/** A run in words: what became of it is only known of one that really was. */
export function runText({ outcome, reason, recorded }: ReplayedRun): string {
  if (outcome === "refused") return `refused: ${reason}`;
  return recorded === undefined ? "would have started" : `started, as run ${recorded} did`;
}

/** A rollback in words. */
export function rollbackText({ version, to, why, recorded }: ReplayedRollback): string {
  return `version ${version} back to ${to}${recorded ? ", as it was" : ""}: ${why}`;
}

/** The numbers of a replay by name, in the order of the tables. */
export function figures({
  summary,
  expectedFalse,
}: ReplayedPolicy): readonly (readonly [name: string, value: string])[] {
  return [
    ["checks", verdictsText(summary.checks)],
    [
      "incidents",
      summary.critical === 0 ? number(summary.incidents) : `${summary.incidents} (${summary.critical} critical)`,
    ],
    ["mails", number(summary.mails)],
    ["retrains", number(summary.runs)],
    ["retrains refused", number(summary.refused)],
    ["rollbacks", number(summary.rollbacks)],
    ["false incidents to expect", expectedFalse === undefined ? "not known" : atMost(expectedFalse)],
  ];
}

function verdictsText(checks: ReplayedPolicy["summary"]["checks"]): string {
  const found = (["ok", "warning", "critical", "inconclusive"] as const).filter((verdict) => checks[verdict] > 0);
  return found.map((verdict) => `${number(checks[verdict])} ${verdict}`).join(", ") || "none";
}

function atMost(value: number): string {
  return value < 0.01 ? "below 0.01" : number(Number(value.toPrecision(2)));
}
