import { z } from "zod";
import type { CandidateMeasures } from "./candidate-measures.ts";
import type { MetricComparison } from "./compare-candidate.ts";
import type { RunData } from "./run-data.ts";
import type { TrainerResult } from "./trainer-result.ts";

/** Where a trained version comes from: enough to make it again, and to say what it was compared with. */
export interface Lineage {
  readonly run: number;
  readonly trainer: string;
  readonly data: RunData;
  /** What was known of the log when the run was made. */
  readonly asOfSeq: number;
  readonly seed: number;
  readonly parameters: TrainerResult["parameters"];
  readonly code: TrainerResult["code"];
  readonly predictionsSha256: string;
  /** The champion that the candidate was compared with, by the count of changes of that alias. */
  readonly champion: { readonly name: string | undefined; readonly epoch: number };
  /** On all rows of the holdout. */
  readonly metrics: readonly MetricComparison[];
  /** Everything else that gates were asked about; absent in lineages of before. */
  readonly measures?: Omit<CandidateMeasures, "metrics">;
}

const comparedWith = z.object({ champion: z.object({ name: z.string().optional(), epoch: z.number() }) });

/** What a stored lineage says of the champion the version was compared with; undefined for versions made elsewhere. */
export function championComparedWith(
  lineage: Readonly<Record<string, unknown>>,
): { readonly name?: string | undefined; readonly epoch: number } | undefined {
  const parsed = comparedWith.safeParse(lineage);
  return parsed.success ? parsed.data.champion : undefined;
}
