import { formatPlace } from "../core/errors.ts";
import type { PolicyProblem } from "../core/policy/problem.ts";

/** One problem as terminals and editors read it: `file:line:column: error: message`, the next step below. */
export function problemAsText({ place, severity, message, hint }: PolicyProblem): string {
  const line = `${formatPlace(place)}: ${severity}: ${message}`;
  return hint === undefined ? line : `${line}\n    ${hint}`;
}
