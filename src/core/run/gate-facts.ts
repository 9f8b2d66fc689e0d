import { segmentToLeave } from "../drift/fit-to-leave.ts";
import { higherIsBetter, isUnmeasurable, type MetricName } from "../metrics/metric.ts";
import type { AbsentReasons, EstimateFacts, GateFacts, GateSides } from "../policy/facts.ts";
import type { CandidateMeasures, Slice } from "./candidate-measures.ts";
import type { MetricComparison } from "./compare-candidate.ts";

const sides = ["candidate", "champion", "difference"] as const;

/** What gates are asked about. A metric that could not be measured is absent, and its reason is told. */
export function gateFactsOf(measures: CandidateMeasures): GateFacts {
  const { metrics, recent, drifted, slices, distance } = measures;
  const whole = sidesOf(metrics);
  const absent: Record<string, string> = { ...whole.reasons };
  const part = (
    name: "recent" | "drifted",
    measured: { readonly metrics: readonly MetricComparison[] } | undefined,
  ) => {
    if (measured === undefined) return {};
    const { facts, reasons } = sidesOf(measured.metrics);
    for (const [words, reason] of Object.entries(reasons)) absent[`${name}.${words}`] = reason;
    return { [name]: facts };
  };
  const parts = { ...part("recent", recent), ...part("drifted", drifted) };
  if (drifted === undefined) absent.drifted = "no incident of one segment asked for this run";
  if (slices === undefined) absent.slices = "the policy names no evaluate.slices";
  else if (slices.slices.length === 0) absent.slices = "no slice has enough rows";
  return {
    ...whole.facts,
    ...parts,
    ...(slices === undefined ? {} : { slices: worstOf(slices.slices, absent) }),
    ...(distance === undefined ? {} : { distance }),
    ...(Object.keys(absent).length === 0 ? {} : { absent }),
  };
}

interface Told {
  readonly facts: GateSides;
  /** By side and metric, such as `champion.mae`. */
  readonly reasons: AbsentReasons;
}

function sidesOf(comparisons: readonly MetricComparison[]): Told {
  const facts = { candidate: {}, champion: {}, difference: {} } as Record<
    (typeof sides)[number],
    Record<string, EstimateFacts>
  >;
  const reasons: Record<string, string> = {};
  for (const comparison of comparisons)
    for (const side of sides) {
      const result = comparison[side];
      if (isUnmeasurable(result)) reasons[`${side}.${comparison.metric}`] = result.reason;
      else {
        const { value, lower, upper } = result;
        facts[side][comparison.metric] = { value, lower, upper };
      }
    }
  return { facts, reasons };
}

/**
 * For each metric the worst of the slices: every end of the interval is the worst that any slice has, so that a condition
 * on it is one on all of them. A metric that one slice could not be measured by is absent: the slice would pass unseen.
 */
function worstOf(slices: readonly Slice[], absent: Record<string, string>): GateSides {
  const all = slices.map((slice) => ({
    // Reasons go into mails: a segment of few rows has no name there.
    segment: segmentToLeave(slice.segment, slice.rows, []),
    ...sidesOf(slice.metrics),
  }));
  const worst = { candidate: {}, champion: {}, difference: {} } as Record<
    (typeof sides)[number],
    Record<string, EstimateFacts>
  >;
  for (const { segment, reasons } of all)
    for (const [words, reason] of Object.entries(reasons)) absent[`slices.${words}`] ??= `${segment}: ${reason}`;
  for (const { metric } of slices[0]?.metrics ?? [])
    for (const side of sides) {
      const found = all.map(({ facts }) => facts[side][metric]);
      if (found.some((facts) => facts === undefined)) continue;
      const pick = (end: keyof EstimateFacts) =>
        worstEnd(
          metric,
          found.map((facts) => facts?.[end] ?? Number.NaN),
        );
      worst[side][metric] = { value: pick("value"), lower: pick("lower"), upper: pick("upper") };
    }
  return worst;
}

function worstEnd(metric: MetricName, values: readonly number[]): number {
  return higherIsBetter[metric] ? Math.min(...values) : Math.max(...values);
}
