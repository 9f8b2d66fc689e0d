import { DriftwardError } from "../errors.ts";

const grammar = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(\/[A-Za-z0-9._-]{1,100})?$/;

/**
 * Refuses what cannot name a model: letters, digits, `.`, `_` and `-`, and at most one part after a slash (`churn/NL`).
 *
 * @throws InvalidInput
 */
export function checkModelName(name: string): void {
  if (!grammar.test(name))
    throw new DriftwardError("InvalidInput", `expected a model's name such as churn or churn/NL, got "${name}"`, {
      hint: "letters, digits, dots, underscores and dashes; at most one slash; 100 characters a part",
    });
}
