/** Severities from least to most. */
export type Severity = "warning" | "critical";

/** What a check found; an error is no verdict. */
export type Verdict = "ok" | Severity | "inconclusive";
