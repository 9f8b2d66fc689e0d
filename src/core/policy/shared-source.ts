import type { Policy } from "./policy.ts";

/**
 * What tells whether two models read one source: the program or the pattern of files that their policies name, or the
 * parent under whose name the rows of a `for_each` come in.
 *
 * @returns the same words for all models of a source, fit to be shown ("source warehouse", "files lake/*.parquet", "rows of
 *          churn"); undefined where a model's rows come under its own name alone
 */
export function sharedSourceOf({ model, data }: Pick<Policy, "model" | "data">): string | undefined {
  const { predictions, only } = data;
  if (predictions !== undefined)
    return "source" in predictions ? `source ${predictions.source}` : `files ${predictions.files}`;
  return only === undefined ? undefined : `rows of ${model.split("/", 1)[0] ?? model}`;
}
