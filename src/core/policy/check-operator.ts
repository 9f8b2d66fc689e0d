import type { OfferedSources } from "../prediction/source-settings.ts";
import { checkHooks } from "./check-hooks.ts";
import { checkPredictions } from "./check-predictions.ts";
import { checkTrainer, type DeclaredTrainers } from "./check-trainer.ts";
import { checkWebhooks } from "./check-webhooks.ts";
import type { Policy } from "./policy.ts";
import type { PolicyProblem } from "./problem.ts";
import type { ParameterDeclaration } from "./trainer-parameters.ts";

/** What driftward.yaml has that policies name; what is absent is not checked. */
export interface OperatorNames {
  readonly trainers?: DeclaredTrainers;
  readonly hooks?: readonly string[];
  readonly webhooks?: readonly string[];
  /** What the operator lets policies take predictions from. */
  readonly offered?: OfferedSources;
}

/**
 * What is wrong between a policy and driftward.yaml: what may be there elsewhere is a hint, the rest an error.
 *
 * @param file  the policy's, for what has no place of its own
 */
export function checkOperator(policy: Policy, operator: OperatorNames, file: string): readonly PolicyProblem[] {
  const { trainers, hooks, webhooks, offered } = operator;
  return [
    ...(hooks === undefined ? [] : checkHooks(policy, hooks, file)),
    ...(trainers === undefined ? [] : checkTrainer(policy, trainers, file)),
    ...(webhooks === undefined ? [] : checkWebhooks(policy, webhooks)),
    ...(offered === undefined ? [] : checkPredictions(policy, offered)),
  ];
}

/** The names of a configuration. */
export function operatorNames(config: {
  readonly trainers: Readonly<Record<string, { readonly parameters?: Readonly<Record<string, ParameterDeclaration>> }>>;
  readonly hooks: Readonly<Record<string, unknown>>;
  readonly webhooks: Readonly<Record<string, unknown>>;
  readonly sources: OfferedSources;
}): OperatorNames {
  return {
    trainers: new Map(Object.entries(config.trainers)),
    hooks: Object.keys(config.hooks),
    webhooks: Object.keys(config.webhooks),
    offered: config.sources,
  };
}
