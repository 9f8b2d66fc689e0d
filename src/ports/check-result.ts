import type { CheckRow } from "./state-rows.ts";

/** What becomes of a planned check. */
export type CheckResult = Pick<
  CheckRow,
  | "state"
  | "verdict"
  | "reason"
  | "rowCount"
  | "quarantined"
  | "quality"
  | "performance"
  | "segments"
  | "explanation"
  | "doneAt"
  | "versionId"
  | "baselineId"
>;
