import type { Place } from "../errors.ts";
import type { Policy } from "./policy.ts";
import { errorAt, hintAt, type PolicyProblem } from "./problem.ts";
import { fillParameters, givenParameters, type ParameterDeclaration } from "./trainer-parameters.ts";

/** The operator's trainers, as far as a policy has to do with them. */
export type DeclaredTrainers = ReadonlyMap<
  string,
  { readonly parameters?: Readonly<Record<string, ParameterDeclaration>> }
>;

/**
 * What is wrong between a policy and the trainers of driftward.yaml: parameters that are not declared, not allowed or
 * missing are errors. A trainer that is not named there is a hint, because it may be elsewhere.
 *
 * @param file  the policy's, for what has no place of its own
 */
export function checkTrainer(policy: Policy, trainers: DeclaredTrainers, file: string): readonly PolicyProblem[] {
  const { retrain } = policy;
  if (retrain === undefined) return [];
  const trainer = trainers.get(retrain.trainer);
  const named: Place = retrain.trainerPlace ?? { file, line: 1, column: 1 };
  const first: Place = retrain.with?.[0]?.place ?? named;
  if (trainer === undefined) {
    const names = [...trainers.keys()].join(", ") || "none";
    return [hintAt(named, `driftward.yaml names no trainer "${retrain.trainer}"`, `trainers there: ${names}`)];
  }
  const filled = fillParameters(trainer.parameters ?? {}, givenParameters(retrain));
  if ("values" in filled) return [];
  return filled.problems.map(({ name, message, hint }) => {
    const place = retrain.with?.find((one) => one.name === name)?.place ?? first;
    return errorAt(place, `parameter ${name} of trainer "${retrain.trainer}": ${message}`, hint);
  });
}
