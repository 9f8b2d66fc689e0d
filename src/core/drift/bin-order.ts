import type { FeatureBins } from "../profile/bins.ts";
import type { BinOrder } from "../statistics/merge-sparse-bins.ts";

/** Whether a feature's bins have neighbours: those of numbers have, categories are names. */
export function binOrderOf({ kind }: Pick<FeatureBins, "kind">): BinOrder {
  return kind === "categorical" ? "nominal" : "ordered";
}
