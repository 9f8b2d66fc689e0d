import { compileRule, evaluateRule } from "../policy/condition.ts";
import type { RuleFacts } from "../policy/facts.ts";
import type { Policy } from "../policy/policy.ts";
import { isOutput } from "../prediction/contract.ts";
import type { ReplayedRule } from "./replayed-rules.ts";

/** The rules of a policy, by what bounds their false alarms. */
export interface RulesByBudget {
  /** Asked of which features drifted: α of the tests is found by replaying them. */
  readonly drift: readonly ReplayedRule[];
  /** Names of those asked of performance. */
  readonly performance: readonly string[];
  /** Names of those with limits of their own, such as `drift.feature("x").psi > 0.2`: no budget bounds them. */
  readonly unbudgeted: readonly string[];
}

/** Words of `drift` that α decides. */
const decidedByAlpha = new Set(["share", "count", "drifted"]);

/**
 * Sorts a policy's rules by what their false alarms come from. A rule that asks for drift and for performance is in both
 * lists. The parts of a condition that are not replayed are not known to it, as where a check lacks them.
 *
 * @param features  names of the tested features in the order of the replay, the prediction and its score among them
 * @param watched   those that count towards `drift.share`
 */
export function rulesByBudget(policy: Policy, features: readonly string[], watched: readonly string[]): RulesByBudget {
  const drift: ReplayedRule[] = [];
  const [performance, unbudgeted]: [string[], string[]] = [[], []];
  for (const rule of policy.rules) {
    const compiled = compileRule(rule.when, { metrics: policy.performance.metrics, tests: policy.drift.tests });
    const paths = [...compiled.checked.paths.values()];
    const words = paths.map(({ steps }) => steps.map((step) => ("word" in step ? step.word : "")));
    const byAlpha = words.some((path) => path[0] === "drift" && decidedByAlpha.has(path.at(-1) ?? ""));
    if (words.some((path) => path[0] === "performance")) performance.push(rule.name);
    if (words.some((path) => path[0] === "drift" && !decidedByAlpha.has(path.at(-1) ?? ""))) unbudgeted.push(rule.name);
    if (!byAlpha) continue;
    const known = new Map<string, boolean>();
    const holds = (drifted: ReadonlySet<number>) => {
      const key = [...drifted].join(" ");
      const before = known.get(key);
      if (before !== undefined) return before;
      const answer = evaluateRule(compiled, factsOf(features, watched, drifted)).outcome === "holds";
      known.set(key, answer);
      return answer;
    };
    drift.push({ name: rule.name, forMs: rule.forMs, holds });
  }
  return { drift, performance, unbudgeted };
}

function factsOf(features: readonly string[], watched: readonly string[], drifted: ReadonlySet<number>): RuleFacts {
  const names = new Set([...drifted].map((index) => features[index]));
  const count = watched.filter((name) => names.has(name)).length;
  const facts = features.map((name) => [name, { drifted: names.has(name), statistics: {} }] as const);
  const outputs = facts.filter(([name]) => isOutput(name));
  const prediction = { drifted: outputs.some(([, { drifted }]) => drifted), statistics: {} };
  return {
    rows: 1,
    drift: {
      share: watched.length === 0 ? 0 : count / watched.length,
      count,
      features: Object.fromEntries(facts.filter(([name]) => !isOutput(name))),
      ...(outputs.length === 0 ? {} : { prediction }),
    },
    quality: { features: {} },
    performance: {},
  };
}

/** What a policy without rules on drift is taken to ask: that any tested feature drifted. */
export const anyFeature: ReplayedRule = { name: "any feature drifted", forMs: 0, holds: (drifted) => drifted.size > 0 };
