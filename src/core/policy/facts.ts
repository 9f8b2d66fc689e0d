import type { MetricName } from "../metrics/metric-names.ts";
import type { DriftTest } from "./policy.ts";

/*
 * What conditions are asked about. A number that cannot be given is absent, never NaN and never a stand-in: a
 * condition that needs it is then inconclusive, and `absent` says why in a person's words ("no labels yet").
 */

/** An estimate with the ends of its 95 % interval. */
export interface EstimateFacts {
  readonly value?: number;
  readonly lower?: number;
  readonly upper?: number;
}

/** What the drift tests found for one feature, or for the prediction. */
export interface DriftFacts {
  readonly drifted?: boolean;
  /** The statistic of each test that was made; PSI in nats, KS as D. */
  readonly statistics: Readonly<Partial<Record<DriftTest, number>>>;
  /** Smallest p-value of its tests, corrected for the number of watched tests. */
  readonly p?: number;
}

/** A metric of the version judged, over mature labels. */
export interface PerformanceFacts extends EstimateFacts {
  /** By how much the model got worse since its baseline, in the metric's unit; larger is worse for every metric. */
  readonly worsening?: EstimateFacts;
}

/**
 * Why a part of the facts is missing, by the words that conditions ask for it with: `drift`, `performance.log_loss`,
 * `slices.difference.mae`. Of those that a path begins with, the longest is told.
 */
export type AbsentReasons = Readonly<Record<string, string>>;

/** What the rules of a policy are asked about after one check of one window. */
export interface RuleFacts {
  /** Rows in the window. */
  readonly rows: number;
  readonly drift: {
    /** Share of the watched features that could be tested that drifted, the prediction apart; 0 to 1. */
    readonly share?: number;
    /** Number of watched features that drifted. */
    readonly count?: number;
    readonly features: Readonly<Record<string, DriftFacts>>;
    readonly prediction?: DriftFacts;
  };
  readonly quality: {
    /** Number of critical quality findings; absent when too few rows were seen to look. */
    readonly count?: number;
    /** Rise of the share of missing values since the baseline, as a fraction, by feature. */
    readonly features: Readonly<Record<string, { readonly missing?: number }>>;
  };
  readonly performance: Readonly<Partial<Record<MetricName, PerformanceFacts>>>;
  readonly absent?: AbsentReasons;
}

/** Metrics of both versions computed by Driftward from the same rows. */
export interface GateSides {
  readonly candidate: Readonly<Partial<Record<MetricName, EstimateFacts>>>;
  readonly champion: Readonly<Partial<Record<MetricName, EstimateFacts>>>;
  /** Candidate minus champion, paired. */
  readonly difference: Readonly<Partial<Record<MetricName, EstimateFacts>>>;
}

/** What the gates are asked about: all rows of the holdout, and parts of them. */
export interface GateFacts extends GateSides {
  readonly recent?: GateSides;
  readonly drifted?: GateSides;
  /** Of each metric and end of its interval the worst that any slice has. */
  readonly slices?: GateSides;
  /** How far the candidate's predictions stand from the champion's. */
  readonly distance?: { readonly disagreement?: number; readonly mean?: number; readonly ks?: number };
  readonly absent?: AbsentReasons;
}

/** What the guard of a promotion is asked about: the version as it does now, and what its gates measured. */
export interface GuardFacts {
  readonly performance: Readonly<Partial<Record<MetricName, PerformanceFacts>>>;
  readonly promised: Readonly<Partial<Record<MetricName, EstimateFacts>>>;
  readonly absent?: AbsentReasons;
}
