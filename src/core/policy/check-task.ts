import { type MetricName, metricsOf, metricsOfScore, type Task } from "../metrics/metric-names.ts";
import { checkGate, placeInCondition } from "./condition.ts";
import type { Policy } from "./policy.ts";
import { errorAt, hintAt, type PolicyProblem } from "./problem.ts";

/** What is known of a model whose policy is applied. */
export interface MeasuredModel {
  readonly task: Task;
  /** The champion and the metrics that its baseline promises; none where it has no labels. */
  readonly champion?: { readonly name: string; readonly metrics: readonly string[] };
}

/**
 * Mistakes of a policy's metrics that only show once it is known what kind of model it is for: metrics of another kind
 * are errors; that the champion's baseline could not be measured by one for want of scores is a hint.
 *
 * @param file  the policy's, for what has no place of its own
 */
export function checkTask(policy: Policy, { task, champion }: MeasuredModel, file: string): readonly PolicyProblem[] {
  const place = { file, line: 1, column: 1 };
  const own = metricsOf[task];
  const { metrics } = policy.performance;
  const others = metrics.filter((metric) => !own.includes(metric));
  if (others.length > 0)
    return [
      errorAt(
        place,
        `performance.metrics has ${others.join(", ")}, and the model is ${task}`,
        `metrics of such a model: ${own.join(", ")}`,
      ),
    ];
  const gates = policy.evaluate.gates.flatMap((gate) => {
    const checked = checkGate(gate.source, { metrics: own });
    if (!("problems" in checked)) return [];
    return checked.problems.map(({ offset, ...rest }) => ({ place: placeInCondition(gate, offset), ...rest }));
  });
  return [...gates.filter(({ severity }) => severity === "error"), ...scoreHints(metrics, champion, { task, place })];
}

function scoreHints(
  metrics: readonly MetricName[],
  champion: MeasuredModel["champion"],
  { task, place }: { readonly task: Task; readonly place: PolicyProblem["place"] },
): readonly PolicyProblem[] {
  const promised = champion?.metrics ?? [];
  const missing = metrics.filter((metric) => metricsOfScore.has(metric) && !promised.includes(metric));
  if (champion === undefined || promised.length === 0 || missing.length === 0) return [];
  const columns = task === "binary" ? "the column score" : "a column score_<class> for every class of the labels";
  return [
    hintAt(
      place,
      `the baseline of version ${champion.name} has no ${missing.join(", ")}: nothing is promised to compare with`,
      `these metrics need ${columns}, in predictions and in the baseline`,
    ),
  ];
}
