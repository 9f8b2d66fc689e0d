import type { BaselineRow } from "./state-rows.ts";

/** What people are told of a baseline, without its profile of kilobytes a feature. */
export type BaselineSummary = Pick<BaselineRow, "id" | "versionId" | "rowCount" | "source" | "createdAt">;

export interface BaselineReads {
  get(id: string): Promise<BaselineRow>;
  /** The newest baseline of a version. */
  ofVersion(versionId: string): Promise<BaselineRow | undefined>;
  summary(id: string): Promise<BaselineSummary>;
  /** The newest of each version of a model that has one. */
  summaries(modelId: string): Promise<readonly BaselineSummary[]>;
  /** Whether a check was made against it. */
  isUsed(id: string): Promise<boolean>;
}
