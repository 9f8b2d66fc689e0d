import type { DriftTest } from "../policy/policy.ts";

/** What one drift test says of one feature, segment and window, as far as rules ask. */
export interface TestVerdict {
  readonly feature: string;
  /** '' is the whole, else `column=value`. */
  readonly segment: string;
  readonly test: DriftTest;
  /** Nats for psi, a distance in [0, 1] for ks, chi-square for chi_square; `lower` where only bounds are known. */
  readonly statistic: number;
  /** Certified bounds of the statistic; equal to it when it is exact. */
  readonly lower: number;
  readonly upper: number;
  readonly pValue: number | undefined;
  /** p corrected by Holm over all tests of the check. */
  readonly pCorrected: number | undefined;
  /** What the statistic must reach to count; undefined when nothing can drift (one bin). */
  readonly limit: number | undefined;
  /** Rows of the baseline and of the window that the test used. */
  readonly n: number;
  readonly m: number;
  /** As many independent rows as these are worth to the test, where fewer: p and limit rest on them. */
  readonly effective?: { readonly n: number; readonly m: number };
  /** There while the limit rests on too little of the baseline: it may notify, it never starts a retrain. */
  readonly provisional?: true;
  /** Total variation over the bins less what chance adds to it: what the floor asks for. Absent in old records. */
  readonly movedEstimate?: number;
  /** The statistic reached its limit, and `movedEstimate` the floor. */
  readonly drifted: boolean;
  /** There on features that a policy only observes: shown, they never alarm and spend no budget. */
  readonly observed?: true;
}

/** The outcome of one drift test for one feature, segment and window, with what it was computed from. */
export interface Finding extends TestVerdict {
  /** Total variation over the bins, and the lower end of its 95 % interval: at least so many rows have moved. */
  readonly moved: number;
  readonly movedAtLeast: number;
  /** What moved where, in one sentence; undefined while less than the floor has moved, or chance alone may have. */
  readonly direction: string | undefined;
  readonly evidence: Evidence;
}

/** The bins that a finding rests on: `(−∞, 3]` … or categories, and the counts of both sides. */
export interface Evidence {
  readonly kind: "numeric" | "categorical";
  readonly labels: readonly string[];
  readonly baseline: readonly number[];
  readonly window: readonly number[];
}

/** Something about the input that is not drift but damage, or may become it. */
export interface QualityFinding {
  readonly feature: string;
  readonly segment: string;
  readonly kind:
    | "vanished"
    | "appeared"
    | "changed type"
    | "missing rose"
    | "invalid"
    | "constant"
    | "out of range"
    | "infinite"
    | "imprecise"
    | "scattered"
    | "outside segments";
  /** Critical ones break the input: nothing may be learnt from such rows. */
  readonly severity: "critical" | "notice";
  readonly message: string;
}
