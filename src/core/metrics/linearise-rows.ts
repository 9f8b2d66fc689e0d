import type { Clusters } from "./clusters.ts";
import { isUnmeasurable, type Unmeasurable } from "./estimate.ts";
import { lineariseBinary } from "./linearise-binary.ts";
import { lineariseMean } from "./linearise-mean.ts";
import { lineariseMulticlass } from "./linearise-multiclass.ts";
import { lineariseRankings } from "./linearise-rankings.ts";
import { lineariseRegression } from "./linearise-regression.ts";
import type { Linearised } from "./linearised.ts";
import type { MetricName } from "./metric-names.ts";
import type { PreparedRows } from "./prepare-rows.ts";

/** A metric over prepared rows with each row's influence, all of them finite. */
export function lineariseRows(metric: MetricName, rows: PreparedRows, clusters: Clusters): Linearised | Unmeasurable {
  const result = byKind(metric, rows, clusters);
  if (!isUnmeasurable(result) && !(Number.isFinite(result.value) && result.influence.every(Number.isFinite)))
    return { reason: `expected a finite ${metric}, got a number too large to compute with` };
  return result;
}

function byKind(metric: MetricName, rows: PreparedRows, clusters: Clusters): Linearised | Unmeasurable {
  switch (rows.kind) {
    case "binary":
      return lineariseBinary(metric, rows.labels, rows.given, clusters);
    case "regression":
      return lineariseRegression(metric, rows.labels, rows.predicted);
    case "classes":
      return lineariseMulticlass(metric, rows.labels, rows.predicted, rows.classes);
    case "losses":
      return lineariseMean(rows.losses, "loss") ?? { reason: "expected at least one row, got none" };
    case "rankings":
      return lineariseRankings(rows.rankings);
    default:
      return rows satisfies never;
  }
}
