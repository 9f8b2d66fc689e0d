import { brokenInputRule, type RuleOutcome } from "../drift/judge.ts";
import { judgeSight } from "../incident/built-in-rules.ts";
import { hasPlace, isDueAgain, mostADay } from "../incident/cadence.ts";
import { decideOutcomes, type RuleDecision, type RuleStanding } from "../incident/decide-outcomes.ts";
import { maintenanceAt } from "../incident/silence.ts";
import type { Policy } from "../policy/policy.ts";
import { webhookOf } from "../policy/webhook-recipient.ts";
import type { Quarantine } from "../quarantine/quarantine.ts";
import { type PastRun, permitRun } from "../run/governor.ts";
import type { TrainingPlan } from "../run/plan-training.ts";
import { isBatch } from "../schedule/schedule.ts";
import type {
  RecordedPromotion,
  Replay,
  ReplayedCheck,
  ReplayedIncident,
  ReplayedMail,
  ReplayedRollback,
  ReplayedRun,
} from "./replay.ts";
import { replayRollbacks } from "./replay-rollbacks.ts";
import { tellReplayed } from "./tell-replayed.ts";

/** A run that really was. */
export interface RecordedRun extends PastRun {
  /** Slot of the check whose rule asked for it; undefined where a person did. */
  readonly slot: Date | undefined;
  /** Whether its candidate was judged, so that it has seen the labels of its time. */
  readonly judged: boolean;
}

export interface DecisionHistory {
  readonly policy: Policy;
  /** In order of their slots; those before `from` only bring the rules to where they stood. */
  readonly checks: readonly ReplayedCheck[];
  readonly from: Date;
  readonly to: Date;
  /** Oldest first, those before `from` too. */
  readonly promotions: readonly RecordedPromotion[];
  readonly runs: readonly RecordedRun[];
  /** Those that were lifted too. */
  readonly quarantines: readonly Quarantine[];
  /** Time that a run takes which never was, in ms. */
  readonly runMs: number;
  /** What there was to learn from at an instant; asked only when nothing else stands against a run. */
  readonly training: (asked: {
    readonly at: Date;
    readonly asOfSeq: number;
    readonly judgedAt: Date | undefined;
  }) => TrainingPlan;
  /** Whether the operator knows the policy's trainer. */
  readonly trainerKnown: boolean;
}

interface Going {
  readonly history: DecisionHistory;
  readonly standings: Map<string, RuleStanding>;
  open: ReplayedIncident[];
  readonly ended: ReplayedIncident[];
  runs: RecordedRun[];
  readonly asked: ReplayedRun[];
  /** Which incident asked for the run that really was, by the run's number. */
  readonly askedBy: Map<number, ReplayedIncident>;
  readonly mails: ReplayedMail[];
  /** When each rule was spoken of, and in `told` the incident of it that is open. */
  readonly spoken: Map<string, Date[]>;
  readonly told: Map<string, Date[]>;
  readonly rollbacks: readonly ReplayedRollback[];
  promoted: number;
}

const keyOf = (rule: string, segment: string) => `${rule}\n${segment}`;

/**
 * Decides the checks of a recorded time by a policy, as the live stages do: what opens and resolves, who is told, and
 * what the governor says to the retrains that are asked for. Champions move as they did; a run that never was takes
 * `runMs`, is judged, and promotes nothing; a rollback that never was is told and takes nothing back.
 */
export function replayDecisions(history: DecisionHistory): Replay {
  const first = history.checks[0]?.decidedAt ?? history.from;
  const [firstCheck] = history.checks;
  // Runs that a rule asked for within this time are not given: the replay finds out whether they are asked for.
  const given = history.runs.filter(
    ({ slot }) => slot === undefined || firstCheck === undefined || slot < firstCheck.slot,
  );
  const going: Going = {
    history,
    standings: new Map(),
    open: [],
    ended: [],
    runs: [...given],
    asked: [],
    askedBy: new Map(),
    mails: [],
    spoken: new Map(),
    told: new Map(),
    rollbacks: replayRollbacks(history),
    promoted: history.promotions.findIndex(({ at }) => at >= first),
  };
  if (going.promoted < 0) going.promoted = history.promotions.length;
  for (const check of history.checks) {
    promoteBefore(going, check.decidedAt);
    decideCheck(going, check);
  }
  const last = Math.max(history.to.getTime(), history.checks.at(-1)?.decidedAt.getTime() ?? 0);
  promoteBefore(going, new Date(last + 1));
  return result(going, last);
}

function result({ history, open, ended, asked, mails, rollbacks }: Going, last: number): Replay {
  const { from, to, promotions } = history;
  const incidents = [...ended, ...open]
    .filter(({ resolvedAt }) => resolvedAt === undefined || resolvedAt > from)
    .map((incident) => ({ ...incident, before: incident.openedSlot < from }))
    .sort((one, other) => one.openedAt.getTime() - other.openedAt.getTime());
  return {
    from,
    to,
    checks: history.checks.filter(({ slot }) => slot >= from),
    incidents,
    runs: asked.filter(({ at }) => at >= from),
    mails: mails.filter(({ at }) => at >= from),
    promotions: promotions.filter(({ at }) => at >= from && at.getTime() <= last),
    rollbacks: rollbacks.filter(({ at }) => at >= from),
  };
}

/** Champions move between checks: incidents speak of the baseline they were found against, and end with it. */
function promoteBefore(going: Going, at: Date): void {
  const { promotions } = going.history;
  for (;;) {
    const next = promotions[going.promoted];
    if (next === undefined || next.at >= at) return;
    if (going.promoted > 0) supersede(going, next);
    going.promoted += 1;
  }
}

function supersede(going: Going, promotion: RecordedPromotion): void {
  const { version, baselineOnly, at: resolvedAt } = promotion;
  const what = baselineOnly === true ? "has another baseline" : "is champion";
  const ending = going.open.filter(({ rule }) => rule !== brokenInputRule);
  for (const incident of ending) {
    end(going, incident, { resolvedAt, resolution: `superseded: version ${version} ${what}` });
    tellSuperseded(going, incident, promotion);
  }
  for (const key of going.standings.keys()) if (!key.startsWith(`${brokenInputRule}\n`)) going.standings.delete(key);
}

/** The run's own mail says it in the thread of the incident that asked for it; webhooks are told apart from it. */
function tellSuperseded(going: Going, incident: ReplayedIncident, { run, at }: RecordedPromotion): void {
  const { rule, segment, severity } = incident;
  if ((going.told.get(keyOf(rule, segment)) ?? []).length === 0) return;
  const byRun = run !== undefined && going.askedBy.get(run) === incident;
  const hears = (recipient: string) => !byRun || webhookOf(recipient) !== undefined;
  if (going.history.policy.notify[severity].some(hears)) say(going, at, incident, "resolved", hears);
}

function end(
  going: Going,
  incident: ReplayedIncident,
  how: { readonly resolvedAt: Date; readonly resolution: string },
): void {
  going.open = going.open.filter((one) => one !== incident);
  going.ended.push({ ...incident, ...how });
}

function decideCheck(going: Going, check: ReplayedCheck): void {
  const { policy, promotions, quarantines } = going.history;
  const champion = promotions[going.promoted - 1];
  // The check that took its version back opened nothing: by then another one served.
  const tookBack = going.rollbacks.some((one) => one.recorded && one.slot.getTime() === check.slot.getTime());
  const decisions = decideOutcomes({
    slot: check.slot,
    spanMs: policy.window.spanMs,
    disjoint: isBatch(policy.schedule),
    serves: !tookBack && (champion === undefined || sameChampion(check, champion)),
    outcomes: [...check.outcomes, ...judgeSight(check, policy)],
    asOfSeq: check.asOfSeq,
    quarantines,
    open: going.open,
    standing: (rule, segment) => going.standings.get(keyOf(rule, segment)),
  });
  for (const decision of decisions) carryOut(going, check, decision);
}

function sameChampion(check: ReplayedCheck, champion: RecordedPromotion): boolean {
  return check.versionId === champion.versionId && check.baselineId === champion.baselineId;
}

function carryOut(going: Going, check: ReplayedCheck, decision: RuleDecision): void {
  const { rule, segment, outcome, effect, standing } = decision;
  if (standing !== undefined) going.standings.set(keyOf(rule, segment), standing);
  const incident = incidentOf(going, { rule, segment });
  if (effect === "open" && outcome !== undefined) open(going, check, outcome);
  else if (effect === "resolve" && incident !== undefined) {
    end(going, incident, { resolvedAt: check.decidedAt, resolution: decision.resolution ?? "" });
    const wasTold = (going.told.get(keyOf(rule, segment)) ?? []).length > 0;
    if (outcome?.do.includes("notify") === true && wasTold) say(going, check.decidedAt, outcome, "resolved");
  } else if (effect === "ask again" && outcome !== undefined) goOn(going, check, outcome);
}

function incidentOf({ open: among }: Going, of: Pick<RuleOutcome, "rule" | "segment">): ReplayedIncident | undefined {
  return among.find(({ rule, segment }) => rule === of.rule && segment === of.segment);
}

function goOn(going: Going, check: ReplayedCheck, outcome: RuleOutcome): void {
  if (outcome.do.includes("retrain")) ask(going, check, outcome, { quiet: true });
  const told = going.told.get(keyOf(outcome.rule, outcome.segment)) ?? [];
  const again = isDueAgain(told, check.decidedAt, going.history.policy.notify.repeatMs);
  if (outcome.do.includes("notify") && again) say(going, check.decidedAt, outcome, "repeated");
}

function open(going: Going, check: ReplayedCheck, outcome: RuleOutcome): void {
  const { rule, segment, severity, when, place, values } = outcome;
  going.open.push({
    ...{ rule, segment, severity, when, place, values },
    openedAt: check.decidedAt,
    openedSlot: check.slot,
    resolvedAt: undefined,
    resolution: undefined,
    before: false,
  });
  if (outcome.do.includes("retrain")) ask(going, check, outcome, { quiet: false });
  going.told.set(keyOf(rule, segment), []);
  if (outcome.do.includes("notify")) say(going, check.decidedAt, outcome, "opened");
}

/** Speaks of an incident, where the day has a place for it. */
function say(
  going: Going,
  at: Date,
  outcome: Pick<RuleOutcome, "rule" | "segment" | "severity">,
  kind: "opened" | "repeated" | "resolved",
  hears: (recipient: string) => boolean = () => true,
): void {
  const key = keyOf(outcome.rule, outcome.segment);
  const spoken = going.spoken.get(key) ?? [];
  if (!hasPlace(kind, spoken, at) || maintenanceAt(going.history.policy.maintenance, at) !== undefined) return;
  going.spoken.set(key, [...spoken.slice(-mostADay), at]);
  going.told.set(key, [...(going.told.get(key) ?? []), at]);
  tellReplayed(going.mails, going.history.policy, { at, outcome, kind, hears });
}

/** Asks the governor. A refusal is told when the incident opens; while it goes on only a start is. */
function ask(going: Going, check: ReplayedCheck, outcome: RuleOutcome, { quiet }: { readonly quiet: boolean }): void {
  const at = check.decidedAt;
  const refused = refusal(going, check, outcome);
  const matching = going.history.runs.find((run) => run.slot?.getTime() === check.slot.getTime());
  const base = { at, rule: outcome.rule, recorded: refused === undefined ? matching?.number : undefined };
  if (refused !== undefined) {
    if (!quiet) going.asked.push({ ...base, outcome: "refused", reason: refused });
    return;
  }
  const finishedAt = new Date(at.getTime() + going.history.runMs);
  const run = matching ?? { number: 0, slot: check.slot, createdAt: at, finishedAt, judged: true };
  going.runs = [...going.runs, run];
  const incident = incidentOf(going, outcome);
  if (matching !== undefined && incident !== undefined) going.askedBy.set(matching.number, incident);
  going.asked.push({ ...base, outcome: "started", reason: `rule "${outcome.rule}" holds: ${outcome.when}` });
  if (run.finishedAt === undefined) return;
  if (maintenanceAt(going.history.policy.maintenance, run.finishedAt) === undefined)
    tellReplayed(going.mails, going.history.policy, { at: run.finishedAt, outcome, kind: "ended" });
}

function refusal({ history, runs, open }: Going, check: ReplayedCheck, asking: RuleOutcome): string | undefined {
  const { policy, training, trainerKnown } = history;
  const limits = policy.retrain;
  if (limits === undefined) return "the policy has no section retrain";
  if (!trainerKnown) return `driftward.yaml names no trainer "${limits.trainer}"`;
  const at = check.decidedAt;
  const past = runs
    .filter((run) => run.slot !== undefined || run.createdAt <= at)
    .map((run) => ({
      ...run,
      finishedAt: run.finishedAt !== undefined && run.finishedAt <= at ? run.finishedAt : undefined,
    }));
  const broken =
    open.some(({ rule }) => rule === brokenInputRule) ||
    check.outcomes.some(({ rule, outcome }) => rule === brokenInputRule && outcome === "holds");
  const provisional =
    check.provisional.includes(asking.segment) && Object.keys(asking.values).some((name) => name.startsWith("drift."));
  const request = { at, runs: past, provisional, ...(broken ? { brokenInput: brokenInputRule } : {}) };
  const cheap = permitRun(limits, { ...request, newLabels: Number.POSITIVE_INFINITY });
  if (!cheap.allowed) return cheap.reason;
  const judged = past.filter((run) => run.judged && run.finishedAt !== undefined);
  const judgedAt = judged.reduce<Date | undefined>(
    (last, run) => (last === undefined || run.createdAt > last ? run.createdAt : last),
    undefined,
  );
  const plan = training({ at, asOfSeq: check.asOfSeq, judgedAt });
  const answer = permitRun(limits, { ...request, newLabels: plan.newLabels });
  if (!answer.allowed) return answer.reason;
  return plan.holdout === undefined ? "no mature labelled rows lie on both sides of a cut in time" : undefined;
}
