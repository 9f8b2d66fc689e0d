import { DriftwardError } from "../errors.ts";

/** What rows are read as: into the log, as labels, or as the rows that a version is held against. */
export type RowKind = "predictions" | "labels" | "baseline";

export type FeatureKind = "numeric" | "categorical";

/** Contract name to the column that holds it, where names differ. */
export type ColumnMapping = Readonly<Record<string, string>>;

/** Columns that must be there. A baseline needs none: training data often has no ids, times or predictions. */
export const requiredColumns: Readonly<Record<RowKind, readonly string[]>> = {
  predictions: ["prediction_id", "timestamp", "model_version", "prediction"],
  labels: ["prediction_id", "label", "label_timestamp"],
  baseline: [],
};

const contractNames = [
  "prediction_id",
  "timestamp",
  "model_version",
  "prediction",
  "score",
  "entity_id",
  "label",
  "label_timestamp",
] as const;

export type ContractName = (typeof contractNames)[number];

/** Columns that the log adds itself; a file that has them would be misread later. */
export const addedColumns: readonly string[] = ["_hour", "_invalid"];

export function isContractName(name: string): name is ContractName {
  return (contractNames as readonly string[]).includes(name);
}

/** `score_<class>`: the probability of a class of a multiclass model. */
export function isClassScore(name: string): boolean {
  return name.startsWith("score_") && name.length > "score_".length;
}

/** The class that a column `score_<class>` is of. */
export function classOf(column: string): string {
  return column.slice("score_".length);
}

/**
 * What a model says, and no feature of it: the prediction, its score, the score of a class. The prediction and the score
 * are tested, as the prediction's own tests and over rows of the version judged; scores of classes are not.
 */
export function isOutput(name: string): boolean {
  return isTestedOutput(name) || isClassScore(name);
}

export function isTestedOutput(name: string): boolean {
  return name === "prediction" || name === "score";
}

/** Whether a column of a file is an input of the model. */
export function isFeature(name: string): boolean {
  return !isContractName(name) && !isClassScore(name);
}

/**
 * Refuses a mapping that names what the contract does not have.
 *
 * @throws InvalidInput
 */
export function checkMapping(mapping: ColumnMapping): void {
  for (const [name, column] of Object.entries(mapping)) {
    if (!isContractName(name) && !isClassScore(name))
      throw new DriftwardError(
        "InvalidInput",
        `expected a mapping from ${contractNames.join(", ")} or score_<class>, got "${name}"`,
        {
          hint: "a mapping reads contract name = column of the file; features keep their own names",
        },
      );
    if (column === "") throw new DriftwardError("InvalidInput", `expected a column's name for ${name}, got ""`);
  }
}
