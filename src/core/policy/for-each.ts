import { DriftwardError } from "../errors.ts";
import { checkModelName } from "../prediction/model-name.ts";
import type { RowsOfModel } from "./model-of-row.ts";
import { errorAt, type PolicyProblem } from "./problem.ts";
import type { PolicyFile } from "./schema.ts";
import type { Locate } from "./schema-issues.ts";
import type { KeyPath } from "./yaml-file.ts";

/** One model that a policy governs, and where its file says so. */
export interface GovernedModel {
  readonly name: string;
  readonly path: KeyPath;
  /** Which rows are its own, where `for_each` divides them. */
  readonly only?: RowsOfModel;
}

/** The models that a policy governs: the one it names, or one for each value of `for_each`, such as `churn/NL`. */
export function governedModels({ model, for_each }: Pick<PolicyFile, "model" | "for_each">): readonly GovernedModel[] {
  const [first] = Object.entries(for_each ?? {});
  if (first === undefined) return [{ name: model, path: ["model"] }];
  const [column, values] = first;
  return values.map((value, index) => ({
    name: `${model}/${value}`,
    path: ["for_each", column, index],
    only: { column, value: String(value) },
  }));
}

/** Mistakes of a `for_each`: more than one column, a value that is there twice or cannot be part of a model's name. */
export function forEachProblems(file: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  if (file.for_each === undefined) return [];
  const columns = Object.keys(file.for_each);
  const at = locate(["for_each"], "key");
  if (columns.length !== 1)
    return [errorAt(at, `expected one column, got ${columns.length}`, "name one, such as for_each: { country: [NL] }")];
  if (file.model.includes("/"))
    return [
      errorAt(locate(["model"]), "expected a model's name without a slash beside for_each", "write model: churn"),
    ];
  const seen = new Set<string>();
  return governedModels(file).flatMap(({ name, path }) => {
    const value = name.slice(file.model.length + 1);
    if (seen.has(name)) return [errorAt(locate(path), `the value "${value}" is there twice`, "keep one of them")];
    seen.add(name);
    try {
      checkModelName(name);
      return [];
    } catch (error) {
      if (!(error instanceof DriftwardError)) throw error;
      const message = `expected a value that can be part of a model's name, got "${value}"`;
      return [errorAt(locate(path), message, "letters, digits, dots, underscores and dashes; 100 at most")];
    }
  });
}
