import { isUnmeasurable, measure, metricsOf } from "../../core/metrics/metric.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { BaselineRow, VersionRow } from "../../ports/state.ts";
import { rowsToMeasure, whyNot } from "../check/measure-performance.ts";
import type { Gathering } from "./gather.ts";
import type { Served } from "./make-live-baseline.ts";

export interface LiveMetricsOf {
  readonly version: VersionRow;
  readonly served: Served;
  readonly policy: Policy;
  /** The baseline before. */
  readonly former: BaselineRow | undefined;
  /** How many rows were served. */
  readonly rows: number;
}

/** Labelled rows are measured in memory: beyond so many the metrics of the baseline before stay. */
const mostRows = 2_000_000;

/**
 * What the version is held to with its live baseline. What the gates of a run measured is a promise and stays. Else the
 * metrics of the mature labelled rows, where there are enough for a check to be made of them; the others stay as they were.
 */
export async function liveMetrics(
  { ports, model }: Gathering,
  { version, served, policy, former, rows: count }: LiveMetricsOf,
): Promise<Readonly<Record<string, unknown>>> {
  const before = former?.metrics ?? {};
  const promised = former !== undefined && former.digest === undefined && Object.keys(before).length > 0;
  const { predictions, labels, window, except, labelledBefore } = served;
  const { task } = model;
  const nothing = labels.paths.length === 0 || predictions.paths.length === 0 || labelledBefore <= window.start;
  if (promised || task === undefined || nothing || count > mostRows) return before;
  const to = labelledBefore < window.end ? labelledBefore : window.end;
  const rows = await ports.engine.labelled({
    ...{ predictions, labels, from: window.start, to, modelVersion: version.name, except },
  });
  if (whyNot(rows, policy) !== undefined) return before;
  const scored = rowsToMeasure(rows, task);
  const measured = metricsOf[task].flatMap((metric) => {
    const value = measure(metric, scored);
    return isUnmeasurable(value) ? [] : [[metric, value] as const];
  });
  return { ...before, ...Object.fromEntries(measured) };
}
