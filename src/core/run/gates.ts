/** How one gate came out, with the sentence that says why. */
export interface GateOutcome {
  readonly gate: string;
  readonly outcome: "pass" | "fail" | "inconclusive";
  readonly reason: string;
}

/**
 * What the gates say together: all must pass. One that could not be judged never promotes.
 *
 * @returns `passed`, or the reasons against
 */
export function judgeGates(
  outcomes: readonly GateOutcome[],
): { readonly passed: true } | { readonly passed: false; readonly reasons: readonly string[] } {
  if (outcomes.length === 0) return { passed: false, reasons: ["no gate was judged"] };
  const against = outcomes.filter(({ outcome }) => outcome !== "pass");
  if (against.length === 0) return { passed: true };
  return { passed: false, reasons: against.map(({ gate, outcome, reason }) => `${gate}: ${word(outcome)}, ${reason}`) };
}

function word(outcome: GateOutcome["outcome"]): string {
  return outcome === "fail" ? "not met" : "inconclusive";
}
