import { metricsOf, type Task } from "../metrics/metric.ts";
import { compileGate, evaluateGate } from "../policy/condition.ts";
import type { GateFacts } from "../policy/facts.ts";
import type { Condition } from "../policy/policy.ts";
import type { CandidateMeasures } from "./candidate-measures.ts";
import { gateFactsOf } from "./gate-facts.ts";
import { type PassChances, passChances } from "./pass-chances.ts";

/** How one gate came out: its text, the values it was judged by, and the sentence that says why. */
export interface GateOutcome {
  readonly gate: string;
  readonly outcome: "pass" | "fail" | "inconclusive";
  readonly values: Readonly<Record<string, number | boolean | string>>;
  readonly reason: string;
  /** How likely candidates of known truth would have passed this gate on rows like these. */
  readonly chances?: PassChances;
}

/**
 * Asks every gate about a candidate.
 *
 * @throws InvalidPolicy when a gate names what there is not
 */
export function askGates(gates: readonly Condition[], measures: CandidateMeasures, task: Task): readonly GateOutcome[] {
  const facts = gateFactsOf(measures);
  const compiled = gates.map((gate) => compileGate(gate, { metrics: metricsOf[task] }));
  const passes = compiled.map((gate) => (imagined: GateFacts) => evaluateGate(gate, imagined).outcome === "pass");
  const chances = passChances(measures, passes);
  return compiled.map((gate, i) => {
    const { outcome, reason, values } = evaluateGate(gate, facts);
    const chance = outcome === "inconclusive" ? undefined : chances[i];
    return {
      gate: gate.source,
      outcome,
      values,
      reason: reason ?? describeValues(values),
      ...(chance === undefined ? {} : { chances: chance }),
    };
  });
}

function describeValues(values: GateOutcome["values"]): string {
  const parts = Object.entries(values).map(
    ([name, value]) => `${name} = ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`,
  );
  return parts.length === 0 ? "it asks for no value" : parts.join(", ");
}

/**
 * What the gates say together: all must pass. One that could not be judged never promotes, nor do no gates at all.
 *
 * @returns `passed`, or the reasons against
 */
export function judgeGates(
  outcomes: readonly GateOutcome[],
): { readonly passed: true } | { readonly passed: false; readonly reasons: readonly string[] } {
  if (outcomes.length === 0) return { passed: false, reasons: ["the policy has no gate a candidate could pass"] };
  const against = outcomes.filter(({ outcome }) => outcome !== "pass");
  if (against.length === 0) return { passed: true };
  return {
    passed: false,
    reasons: against.map(({ gate, outcome, reason }) =>
      outcome === "fail" ? `not met: ${gate} (${reason})` : `inconclusive: ${gate} (${reason})`,
    ),
  };
}
