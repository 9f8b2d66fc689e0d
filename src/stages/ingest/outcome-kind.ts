import { DriftwardError } from "../../core/errors.ts";
import type { FeatureKind } from "../../core/prediction/contract.ts";
import { mergeKinds } from "../../core/prediction/feature-kinds.ts";
import type { ModelRow } from "../../ports/state.ts";
import type { Scan } from "./scan.ts";

/**
 * The kinds of a model's features and predictions with what a file adds to them.
 *
 * @throws InvalidData when the model's predictions are not known yet and these are numbers and text mixed
 */
export function kindsWith(
  model: Pick<ModelRow, "features"> | undefined,
  scan: Scan,
  file: string,
): ReadonlyMap<string, FeatureKind> {
  const known = new Map<string, FeatureKind>(Object.entries(model?.features ?? {}));
  const votes = scan.votes.get("prediction");
  if (!known.has("prediction") && votes !== undefined && votes.numbers > 0 && votes.others > 0)
    throw new DriftwardError(
      "InvalidData",
      `${file}: expected predictions or labels that are all numbers or all text, got ${votes.numbers} numbers and ${votes.others} others`,
      {
        hint: "mend the file, or register a baseline with its task first: driftward baseline MODEL VERSION FILE --task …",
        place: { file },
      },
    );
  return mergeKinds(known, scan.votes, file);
}
