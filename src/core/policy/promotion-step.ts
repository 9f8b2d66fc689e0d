import { DriftwardError } from "../errors.ts";
import { parseDuration } from "../units.ts";

const leastMs = 60_000;

/**
 * Reads a step of a promotion, such as `shadow 24h`.
 *
 * @returns how long the candidate is tried in shadow, in ms
 * @throws InvalidInput for another step
 */
export function parseStep(text: string): number {
  const [, name, span] = /^\s*([a-z]+)(?:\s+(\S+))?\s*$/.exec(text) ?? [];
  if (name === "canary")
    throw new DriftwardError("InvalidInput", "expected the step shadow, got canary: Driftward sends no traffic itself");
  if (name !== "shadow" || span === undefined)
    throw new DriftwardError("InvalidInput", `expected a step such as shadow 24h, got "${text}"`);
  const ms = parseDuration(span);
  if (ms < leastMs) throw new DriftwardError("InvalidInput", `expected a shadow of at least 1m, got ${span}`);
  return ms;
}
