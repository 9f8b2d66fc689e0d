import { advanceRule, type RuleState } from "../incident/rule-state.ts";

/** A rule as the replay asks it: of nothing but which features drifted. */
export interface ReplayedRule {
  readonly name: string;
  readonly forMs: number;
  /** Whether the rule holds while just these features drift, by their index. */
  readonly holds: (drifted: ReadonlySet<number>) => boolean;
}

/** The checks of one drawn history. */
export interface ReplayedHistory {
  readonly slots: number;
  /** Features with a small p by slot; slots at which none has one are left out. */
  readonly candidates: ReadonlyMap<number, readonly { readonly feature: number; readonly p: number }[]>;
}

export interface RuleTiming {
  readonly everyMs: number;
  readonly spanMs: number;
}

/**
 * Incidents that rules open on drawn histories when a test is significant at `alphaPerTest`: with their `for` and with
 * the resolving of incidents (`advanceRule`), from no incident on, each rule for itself.
 */
export function countIncidents(
  rules: readonly ReplayedRule[],
  histories: readonly ReplayedHistory[],
  timing: RuleTiming,
  alphaPerTest: number,
): number {
  let opened = 0;
  for (const history of histories) {
    const holding = rules.map(() => new Set<number>());
    for (const [slot, features] of history.candidates) {
      const drifted = new Set(features.flatMap(({ feature, p }) => (p <= alphaPerTest ? [feature] : [])));
      if (drifted.size === 0) continue;
      for (const [i, rule] of rules.entries()) if (rule.holds(drifted)) holding[i]?.add(slot);
    }
    for (const [i, rule] of rules.entries()) opened += openedBy(rule, holding[i] ?? new Set(), history.slots, timing);
  }
  return opened;
}

function openedBy(rule: ReplayedRule, holding: ReadonlySet<number>, slots: number, timing: RuleTiming): number {
  if (holding.size === 0) return 0;
  let state: RuleState = {};
  let [opened, incidentOpen] = [0, false];
  for (let slot = 0; slot < slots; slot += 1) {
    const advance = advanceRule(state, {
      slot: new Date(slot * timing.everyMs),
      outcome: holding.has(slot) ? "holds" : "quiet",
      forMs: rule.forMs,
      spanMs: timing.spanMs,
      incidentOpen,
    });
    state = advance.state;
    if (advance.effect === "open") {
      opened += 1;
      incidentOpen = true;
    }
    if (advance.effect === "resolve") incidentOpen = false;
  }
  return opened;
}
