import { compileRule } from "./condition.ts";
import type { Policy, Rule } from "./policy.ts";

const words = {
  drift: /\bdrift\s*\./,
  performance: /\bperformance\s*\./,
  quality: /\bquality\s*\./,
} as const;

/** Whether a rule's condition asks for drift, for performance, or for the quality of the input. */
export function asksOf({ when }: Pick<Rule, "when">, what: keyof typeof words): boolean {
  return words[what].test(when.source);
}

/** Whether a rule's condition asks for the p of a feature or of the prediction. */
export function asksForP({ rules, performance, drift }: Policy): boolean {
  const known = { metrics: performance.metrics, tests: drift.tests };
  return rules.some(({ when }) =>
    [...compileRule(when, known).checked.paths.values()].some(({ steps }) => {
      const last = steps.at(-1);
      return last !== undefined && "word" in last && last.word === "p";
    }),
  );
}
