import { suggestName } from "../nearest-name.ts";
import type { Policy } from "./policy.ts";
import { hintAt, type PolicyProblem } from "./problem.ts";

/**
 * Webhooks of a policy that driftward.yaml does not name. A hint, because they may be named elsewhere; where they are not,
 * nobody is called.
 *
 * @param named  the operator's webhooks
 */
export function checkWebhooks({ notify }: Policy, named: readonly string[]): readonly PolicyProblem[] {
  return (notify.webhookPlaces ?? [])
    .filter(({ name }) => !named.includes(name))
    .map(({ name, place }) =>
      hintAt(place, `driftward.yaml names no webhook "${name}"`, suggestName(name, named) ?? "webhooks there: none"),
    );
}
