import type { FeatureKind } from "./contract.ts";

interface Feature {
  readonly name: string;
  readonly kind: FeatureKind;
}

/** What the rows of a model are typed as: features in order of name, so that equal rows have equal content. */
export interface RowSchema {
  readonly prediction: FeatureKind;
  /** `score` and `score_<class>`, in order of name. */
  readonly scores: readonly string[];
  readonly features: readonly Feature[];
}

/** A prediction as the log keeps it: system columns checked, features typed. */
export interface LogPrediction {
  readonly predictionId: string;
  readonly timestamp: Date;
  readonly modelVersion: string;
  readonly prediction: number | string;
  /** In the schema's order; undefined is missing. */
  readonly scores: readonly (number | undefined)[];
  readonly entityId: string | undefined;
  /** In the schema's order; undefined is missing. */
  readonly features: readonly (number | string | undefined)[];
  /** Names of columns whose value was not of their kind, in order of name: they are kept as missing. */
  readonly invalid: readonly string[];
}

export interface LogLabel {
  readonly predictionId: string;
  readonly label: number | string;
  readonly labelTimestamp: Date;
}

/** A row that a version is held against: what it has of a prediction, and its label where there is one. */
export interface BaselineRecord extends Pick<LogPrediction, "scores" | "features" | "invalid" | "entityId"> {
  readonly timestamp: Date | undefined;
  readonly prediction: number | string | undefined;
  readonly label: number | string | undefined;
}
