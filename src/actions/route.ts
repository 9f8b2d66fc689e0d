import { DriftwardError } from "../core/errors.ts";
import type { ServingChallenger, ServingVersion, State } from "../ports/state.ts";

/** Which version of a model serves now. */
export interface Route {
  readonly model: string;
  /** Grows with each change: a service that saw a larger one has newer news. */
  readonly epoch: number;
  readonly champion: ServingVersion;
  /** Tried in shadow beside the champion; its answers are never used. */
  readonly challenger?: ServingChallenger;
}

/**
 * Which version of a model serves, and which is tried beside it. One statement: made to be asked often.
 *
 * @throws NotFound when there is no such model, or it has no champion yet
 */
export async function route(state: Pick<State, "versions">, model: string): Promise<Route> {
  const found = await state.versions.serving(model);
  if (found === undefined)
    throw new DriftwardError("NotFound", `expected a model with a champion, got "${model}"`, {
      hint: "driftward status lists models; driftward baseline makes the first champion",
    });
  return { model, ...found };
}
