import type { RuleOutcome } from "../drift/judge.ts";
import { formatDuration } from "../units.ts";
import type { Replay, ReplayedIncident, ReplayedRollback, ReplayedRun } from "./replay.ts";

/** Something that one of two policies would have done and the other not, or at another time; and why, in words. */
export interface ReplayDifference {
  readonly kind: "only before" | "only after" | "other time";
  readonly what: "incident" | "run" | "rollback";
  /** The version, of a rollback. */
  readonly rule: string;
  /** '' is the whole. */
  readonly segment: string;
  readonly at: Date;
  readonly why: string;
}

/**
 * Where the replays of a policy in force and of a planned one part. Incidents of one rule that are open at the same time are the same incident;
 * for one that has no such counterpart it is told what the other policy's check of that time said.
 */
export function compareReplays(before: Replay, after: Replay): readonly ReplayDifference[] {
  const [old, now] = [opened(before), opened(after)];
  const differences = [
    ...old.flatMap((incident) => (partner(incident, now) === undefined ? [only("only before", incident, after)] : [])),
    ...now.flatMap((incident) => {
      const same = partner(incident, old);
      if (same === undefined) return [only("only after", incident, before)];
      return same.openedAt.getTime() === incident.openedAt.getTime() ? [] : [moved(same, incident)];
    }),
    ...runDifferences(before, after),
    ...rollbackDifferences(before, after),
  ];
  // That a run is missing says nothing more where its incident is missing too.
  const told = (one: ReplayDifference) =>
    one.what === "run" &&
    differences.some(
      ({ what, rule, at }) => what === "incident" && rule === one.rule && at.getTime() === one.at.getTime(),
    );
  return differences.filter((one) => !told(one)).sort((one, other) => one.at.getTime() - other.at.getTime());
}

function opened({ incidents }: Replay): readonly ReplayedIncident[] {
  return incidents.filter(({ before }) => !before);
}

function partner(incident: ReplayedIncident, others: readonly ReplayedIncident[]): ReplayedIncident | undefined {
  return others.find(
    (other) =>
      other.rule === incident.rule &&
      other.segment === incident.segment &&
      (other.resolvedAt === undefined || other.resolvedAt >= incident.openedAt) &&
      (incident.resolvedAt === undefined || incident.resolvedAt >= other.openedAt),
  );
}

function only(kind: "only before" | "only after", incident: ReplayedIncident, other: Replay): ReplayDifference {
  const name = kind === "only before" ? "the planned policy" : "the policy in force";
  return {
    kind,
    what: "incident",
    rule: incident.rule,
    segment: incident.segment,
    at: incident.openedAt,
    why: whyNot(incident, other, name),
  };
}

/** What the other policy's check of that time said of the rule; `name` is what the other policy is called. */
function whyNot({ rule, segment, openedSlot, when }: ReplayedIncident, other: Replay, name: string): string {
  if (other.checks.length === 0) return `${name} makes no check in this time`;
  const check = other.checks.findLast(({ slot }) => slot <= openedSlot);
  const known = other.checks.some(({ outcomes }) => outcomes.some((one) => one.rule === rule));
  if (!known) return `${name} has no such rule`;
  const outcome = check?.outcomes.find((one) => one.rule === rule && one.segment === segment);
  if (check === undefined) return `${name} makes no check by then`;
  if (outcome === undefined) return `${name} does not ask it of ${segment === "" ? "all rows" : segment}`;
  const condition = outcome.when === when ? "" : `: ${outcome.when}`;
  if (outcome.outcome === "inconclusive") return `${name} cannot tell then: ${outcome.reason ?? ""}`;
  if (outcome.outcome === "quiet") return `with ${name} it does not hold${condition} (${values(outcome)})`;
  const open = other.incidents.find(
    (one) =>
      one.rule === rule &&
      one.segment === segment &&
      one.openedSlot <= openedSlot &&
      (one.resolvedAt === undefined || one.resolvedAt > openedSlot),
  );
  if (open !== undefined) return `with ${name} it is open since ${day(open.openedAt)}`;
  return `with ${name} it holds${condition} (${values(outcome)}), but not yet for ${formatDuration(outcome.forMs)}`;
}

function values({ values: found }: RuleOutcome): string {
  const texts = Object.entries(found).map(([name, value]) => {
    return `${name} = ${typeof value === "number" ? Number(value.toPrecision(3)) : value}`;
  });
  return texts.join(", ") || "no values";
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function moved(before: ReplayedIncident, after: ReplayedIncident): ReplayDifference {
  const apart = after.openedAt.getTime() - before.openedAt.getTime();
  const why = `it opens ${formatDuration(Math.abs(apart))} ${apart > 0 ? "later" : "sooner"}`;
  return { kind: "other time", what: "incident", rule: after.rule, segment: after.segment, at: after.openedAt, why };
}

function runDifferences(before: Replay, after: Replay): readonly ReplayDifference[] {
  const [old, now] = [started(before), started(after)];
  const has = (runs: readonly ReplayedRun[], { at }: ReplayedRun) =>
    runs.some((run) => run.at.getTime() === at.getTime());
  const told = (kind: "only before" | "only after", run: ReplayedRun, other: Replay): ReplayDifference => {
    const name = kind === "only before" ? "the planned policy" : "the policy in force";
    const refused = other.runs.find(({ at, outcome }) => outcome === "refused" && at.getTime() === run.at.getTime());
    const why = refused === undefined ? `${name} does not ask for it` : `refused: ${refused.reason}`;
    return { kind, what: "run", rule: run.rule, segment: "", at: run.at, why };
  };
  return [
    ...old.filter((run) => !has(now, run)).map((run) => told("only before", run, after)),
    ...now.filter((run) => !has(old, run)).map((run) => told("only after", run, before)),
  ];
}

function started({ runs }: Replay): readonly ReplayedRun[] {
  return runs.filter(({ outcome }) => outcome === "started");
}

function rollbackDifferences(before: Replay, after: Replay): readonly ReplayDifference[] {
  const same = (one: ReplayedRollback, other: ReplayedRollback) => one.slot.getTime() === other.slot.getTime();
  const told = (kind: "only before" | "only after", { version: rule, at, why }: ReplayedRollback): ReplayDifference => {
    return { kind, what: "rollback", rule, segment: "", at, why };
  };
  return [
    ...before.rollbacks
      .filter((one) => !after.rollbacks.some((other) => same(one, other)))
      .map((one) => told("only before", one)),
    ...after.rollbacks
      .filter((one) => !before.rollbacks.some((other) => same(one, other)))
      .map((one) => told("only after", one)),
  ];
}
