import type { RunState } from "../core/run/machine.ts";
import type { HookAct, PromotionStep } from "../core/run/steps.ts";

export type { RunState };

/* Rows of state about runs, as those of state-rows.ts. */

export interface RunRow {
  readonly id: string;
  readonly number: number;
  readonly modelId: string;
  readonly decisionId: string | undefined;
  readonly incidentId: string | undefined;
  readonly state: RunState;
  readonly epoch: number;
  readonly trainer: string;
  readonly reason: string;
  readonly policyRevisionId: string;
  readonly cut: Date;
  readonly asOfSeq: number;
  readonly nextAttempt: number;
  readonly candidateVersion: string | undefined;
  readonly outcome: string | undefined;
  readonly createdAt: Date;
  readonly finishedAt: Date | undefined;
  /** The step of its promotion, once every word for it was given. */
  readonly step?: PromotionStep | undefined;
  readonly stepSince?: Date | undefined;
  /** How it ends once what the hooks did is undone, and why. */
  readonly stepEnd?: "rejected" | "failed" | undefined;
  readonly stepWhy?: string | undefined;
}

export interface RunAttemptRow {
  readonly runId: string;
  readonly n: number;
  readonly runner: string;
  readonly runnerKey: string;
  readonly state: "starting" | "succeeded" | "failed" | "lost" | "timed out" | "cancelled";
  readonly startedAt: Date;
  readonly finishedAt: Date | undefined;
  readonly exitCode: number | undefined;
  readonly message: string | undefined;
}

/** One try of a hook. */
export interface HookCallRow {
  readonly runId: string;
  readonly hook: string;
  readonly act: HookAct;
  readonly n: number;
  readonly state: "started" | "succeeded" | "failed";
  readonly startedAt: Date;
  readonly finishedAt: Date | undefined;
  readonly message: string | undefined;
}

export interface GateResultRow {
  readonly runId: string;
  readonly gate: string;
  readonly outcome: "pass" | "fail" | "inconclusive";
  readonly body: unknown;
}
