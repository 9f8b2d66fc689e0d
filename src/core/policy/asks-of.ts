import type { Rule } from "./policy.ts";

const words = {
  drift: /\bdrift\s*\./,
  performance: /\bperformance\s*\./,
  quality: /\bquality\s*\./,
} as const;

/** Whether a rule's condition asks for drift, for performance, or for the quality of the input. */
export function asksOf({ when }: Pick<Rule, "when">, what: keyof typeof words): boolean {
  return words[what].test(when.source);
}
