import type { PolicyProblem } from "../core/policy/problem.ts";
import type { Backtest, ModelPlan, ReplayedPolicy } from "../core/replay/replayed-policy.ts";

/** A plan as one object of schema driftward/plan/v1. */
export function planJson(plan: {
  readonly models: readonly ModelPlan[];
  readonly problems: readonly PolicyProblem[];
}): object {
  return {
    schema: "driftward/plan/v1",
    models: plan.models.map(({ model, path, kind, inForce, changes, effect, without }) => ({
      ...{ model, path, kind, in_force: inForce ?? null, changes },
      without: without ?? null,
      effect:
        effect === undefined
          ? null
          : {
              ...effect.span,
              before: effect.before === undefined ? null : replayedJson(effect.before),
              after: replayedJson(effect.after),
              differences: effect.differences,
            },
    })),
    problems: plan.problems,
  };
}

/** A backtest as one object of schema driftward/backtest/v1; checks are listed one by one. */
export function backtestJson({ model, path, span, trials }: Backtest): object {
  return {
    schema: "driftward/backtest/v1",
    ...{ model, path, ...span },
    trials: trials.map((trial) => ({
      settings: Object.fromEntries(trial.settings.map((setting) => [setting.path, setting.value])),
      ...replayedJson(trial),
      checks: trial.replay.checks.map(({ slot, verdict, reason, rows, drifted }) => ({
        ...{ slot, verdict, rows, drifted },
        ...(reason === undefined ? {} : { reason }),
      })),
    })),
  };
}

function replayedJson({ summary, expectedFalse, assumptions, replay }: ReplayedPolicy) {
  return {
    summary,
    expected_false_incidents: expectedFalse ?? null,
    assumptions,
    incidents: replay.incidents.map(({ openedSlot: _slot, ...incident }) => incident),
    runs: replay.runs,
    mails: replay.mails,
    promotions: replay.promotions.map(({ at, version, baselineOnly }) => ({
      ...{ at, version },
      ...(baselineOnly === undefined ? {} : { baselineOnly }),
    })),
    rollbacks: replay.rollbacks.map(({ slot: _slot, ...rollback }) => rollback),
  };
}
