/** What `import "driftward"` gives. docs/library.md shows it in use. */
export type { BaselineInput, BaselineResult } from "./actions/baseline.ts";
export type { ModelCheck } from "./actions/check-model.ts";
export type { Route } from "./actions/route.ts";
export type { ModelStatus } from "./actions/status.ts";
export {
  type CompareTablesOptions as CompareOptions,
  compareTables as compare,
  comparisonRules,
} from "./core/drift/compare-tables.ts";
export type { Comparison, ComparisonRules } from "./core/drift/comparison.ts";
export type { Evidence, Finding, QualityFinding } from "./core/drift/finding.ts";
export { DriftwardError, type ErrorCode, type Place } from "./core/errors.ts";
export { type DelongResult, delongTest } from "./core/metrics/delong-test.ts";
export { expectPerformance, type UnlabelledRows } from "./core/metrics/expect-performance.ts";
export { type CalibrationKnots, isotonicCalibration } from "./core/metrics/isotonic-calibration.ts";
export { mcnemarTest } from "./core/metrics/mcnemar-test.ts";
export {
  type Estimate,
  higherIsBetter,
  type IntervalMethod,
  isUnmeasurable,
  type MeasureOptions,
  type MetricName,
  measure,
  measureDifference,
  metricsOf,
  type ScoredRows,
  type Task,
  type Unmeasurable,
  type Values,
} from "./core/metrics/metric.ts";
export type { DriftTest } from "./core/policy/policy.ts";
export { binCounts, binLabels } from "./core/profile/bin-counts.ts";
export type { CategoricalBins, Counts, FeatureBins, FeatureCounts, NumericBins, Profile } from "./core/profile/bins.ts";
export { decodeProfile, encodeProfile } from "./core/profile/profile-codec.ts";
export { benjaminiHochberg } from "./core/statistics/benjamini-hochberg.ts";
export { benjaminiYekutieli } from "./core/statistics/benjamini-yekutieli.ts";
export { bonferroni } from "./core/statistics/bonferroni.ts";
export { chiSquareTest } from "./core/statistics/chi-square-test.ts";
export { equalWidthEdges, psiByConvention, type ZeroRule } from "./core/statistics/conventions.ts";
export { type CramerVonMises, cramerVonMises } from "./core/statistics/cramer-von-mises.ts";
export { gTest } from "./core/statistics/g-test.ts";
export { hellingerDistance } from "./core/statistics/hellinger.ts";
export { holm } from "./core/statistics/holm.ts";
export { jensenShannonDistance } from "./core/statistics/jensen-shannon.ts";
export { type KolmogorovSmirnov, kolmogorovSmirnov } from "./core/statistics/kolmogorov-smirnov.ts";
export { ksCriticalValue } from "./core/statistics/ks-critical-value.ts";
export { ksPValue } from "./core/statistics/ks-p-value.ts";
export { lInfinityDistance } from "./core/statistics/l-infinity.ts";
export { type MannWhitney, mannWhitney } from "./core/statistics/mann-whitney.ts";
export { normalisedWasserstein } from "./core/statistics/normalised-wasserstein.ts";
export { pooledTieSizes } from "./core/statistics/pooled-tie-sizes.ts";
export { populationStabilityIndex } from "./core/statistics/population-stability-index.ts";
export { psiFromCounts } from "./core/statistics/psi-from-counts.ts";
export { psiLimit } from "./core/statistics/psi-limit.ts";
export { psiPValue } from "./core/statistics/psi-p-value.ts";
export { quantile } from "./core/statistics/quantile.ts";
export { quantileEdges } from "./core/statistics/quantile-edges.ts";
export type { TableTest } from "./core/statistics/table-test.ts";
export { totalVariation } from "./core/statistics/total-variation.ts";
export { totalVariationEstimate } from "./core/statistics/total-variation-estimate.ts";
export { totalVariationLowerBound } from "./core/statistics/total-variation-lower-bound.ts";
export { wassersteinDistance } from "./core/statistics/wasserstein.ts";
export { type ColumnSummary, describe } from "./core/table/describe.ts";
export { type ProfileOptions, profile } from "./core/table/profile-table.ts";
export type { Cell, ColumnValues, TableInput } from "./core/table/table.ts";
export type { Severity, Verdict } from "./core/verdict.ts";
export { type CompareFilesOptions, compareFiles } from "./library/compare-files.ts";
export { comparisonJson } from "./library/comparison-json.ts";
export {
  type Driftward,
  type OpenDriftwardOptions,
  openDriftward,
  type WrittenEvaluationRows,
} from "./library/open-driftward.ts";
export type { IngestInput, IngestResult, RowsFrom } from "./stages/ingest.ts";
