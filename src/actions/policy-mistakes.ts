import { checkFeatures } from "../core/policy/check-conditions.ts";
import { checkOperator, type OperatorNames } from "../core/policy/check-operator.ts";
import { checkTask, type MeasuredModel } from "../core/policy/check-task.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { PolicyProblem } from "../core/policy/problem.ts";
import type { ModelRow, State } from "../ports/state.ts";
import { sharedModels } from "./validate.ts";

export interface PolicyMistakesPorts {
  readonly state: State;
  /** What driftward.yaml has; what is absent is looked at when it is needed. */
  readonly operator?: OperatorNames;
}

/** A policy of one model, and the file that it is of. */
interface Offered {
  readonly policy: Policy;
  readonly path: string;
}

/** What only shows beside the other files, driftward.yaml and the model's data: errors, and hints. */
export async function policyMistakes(
  { state, operator = {} }: PolicyMistakesPorts,
  offer: Offered,
  offers: readonly Offered[],
): Promise<readonly PolicyProblem[]> {
  const rivals = offers.filter((other) => other.policy.model === offer.policy.model);
  if (rivals.length > 1) return sharedModels(rivals);
  const model = await state.models.find(offer.policy.model);
  const features = model?.features ?? {};
  const measured = model === undefined ? undefined : await measuredModel(state, model);
  return [
    ...checkOperator(offer.policy, operator, offer.path),
    // Which features there are is known from the model's first rows on.
    ...(Object.keys(features).length === 0 ? [] : checkFeatures(offer.policy, features)),
    ...(measured === undefined ? [] : checkTask(offer.policy, measured, offer.path)),
  ];
}

/** Undefined while it is not known what kind of model it is. */
async function measuredModel(
  state: State,
  { task, championVersion }: Pick<ModelRow, "task" | "championVersion">,
): Promise<MeasuredModel | undefined> {
  if (task === undefined) return undefined;
  if (championVersion === undefined) return { task };
  const { name } = await state.versions.get(championVersion);
  const metrics = (await state.baselines.ofVersion(championVersion))?.metrics ?? {};
  return { task, champion: { name, metrics: Object.keys(metrics) } };
}
