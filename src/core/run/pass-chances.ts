import { higherIsBetter, isUnmeasurable, type MetricName } from "../metrics/metric.ts";
import type { GateFacts } from "../policy/facts.ts";
import { normalQuantile } from "../statistics/normal-quantile.ts";
import type { CandidateMeasures, MeasuredRows } from "./candidate-measures.ts";
import type { MetricComparison } from "./compare-candidate.ts";
import { gateFactsOf } from "./gate-facts.ts";

/** The chance, 0 to 1, that a gate lets through a candidate whose truth is known. */
export interface PassChances {
  /** One that is as good as the champion. */
  readonly equal: number;
  /** One that is better by half the width of the difference's interval, in every metric. */
  readonly better: number;
}

/** Points at which the error of the measurement is taken: the middles of as many equal shares of the normal distribution. */
const points = 100;

/**
 * How likely an equal and a better candidate would have passed each gate on rows like these.
 *
 * The measured difference of such a candidate is its true one plus a normal error as wide as the interval says. One error
 * is shared by all metrics and sets of a gate, because they are measured on the same rows: errors that are less alike make
 * passing less likely than is told. What the gates say of distances stays as it was measured.
 *
 * @param asks  each gate, and whether it passes with such facts
 */
export function passChances(
  measures: CandidateMeasures,
  asks: readonly ((facts: GateFacts) => boolean)[],
): readonly PassChances[] {
  const errors = Array.from({ length: points }, (_, point) => normalQuantile((point + 0.5) / points));
  const imagined = (halves: number) => errors.map((z) => gateFactsOf(imagine(measures, halves, z)));
  const [equal, better] = [imagined(0), imagined(1)];
  const share = (facts: readonly GateFacts[], ask: (facts: GateFacts) => boolean) => facts.filter(ask).length / points;
  return asks.map((ask) => ({ equal: share(equal, ask), better: share(better, ask) }));
}

/** What would have been measured of a candidate that is better by so many half widths, with an error of z deviations. */
function imagine(measures: CandidateMeasures, halves: number, z: number): CandidateMeasures {
  const errorRate = measures.errorRate ?? 0.05;
  const truth = new Map<MetricName, number>();
  for (const { metric, difference } of measures.metrics)
    if (!isUnmeasurable(difference)) truth.set(metric, (halves * (difference.upper - difference.lower)) / 2);
  const inSet = (metrics: readonly MetricComparison[], rate: number): readonly MetricComparison[] =>
    metrics.map((one) => shifted(one, truth.get(one.metric) ?? 0, z / normalQuantile(1 - rate / 2)));
  const part = <Part extends MeasuredRows>(measured: Part, rate = errorRate): Part => ({
    ...measured,
    metrics: inSet(measured.metrics, rate),
  });
  const { recent, drifted, slices } = measures;
  return {
    ...measures,
    metrics: inSet(measures.metrics, errorRate),
    ...(recent === undefined ? {} : { recent: part(recent) }),
    ...(drifted === undefined ? {} : { drifted: part(drifted) }),
    ...(slices === undefined
      ? {}
      : { slices: { ...slices, slices: slices.slices.map((slice) => part(slice, errorRate / slices.slices.length)) } }),
  };
}

/** The comparison with its difference moved to `better` plus an error of so many half widths, the interval moving along. */
function shifted(comparison: MetricComparison, better: number, error: number): MetricComparison {
  const { metric, candidate, champion, difference } = comparison;
  if (isUnmeasurable(difference)) return comparison;
  const half = (difference.upper - difference.lower) / 2;
  const towards = higherIsBetter[metric] ? 1 : -1;
  const value = towards * (better + error * half);
  const by = value - difference.value;
  const moved = { ...difference, value, lower: difference.lower + by, upper: difference.upper + by };
  if (isUnmeasurable(champion) || isUnmeasurable(candidate)) return { ...comparison, difference: moved };
  const own = champion.value + value - candidate.value;
  return {
    ...comparison,
    difference: moved,
    candidate: {
      ...candidate,
      value: candidate.value + own,
      lower: candidate.lower + own,
      upper: candidate.upper + own,
    },
  };
}
