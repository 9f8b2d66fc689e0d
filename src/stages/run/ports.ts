import type { Clock } from "../../ports/clock.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { Hooks } from "../../ports/hooks.ts";
import type { Ids } from "../../ports/ids.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { Policies } from "../../ports/lookups.ts";
import type { RunFolders } from "../../ports/run-folders.ts";
import type { Runner, Trainer } from "../../ports/runner.ts";
import type { RunRow, State } from "../../ports/state.ts";

/** What starting a run needs from outside. */
export interface StartRunPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  /** The operator's training programs, by name. */
  readonly trainers: ReadonlyMap<string, Trainer>;
}

/** What moving a run on needs from outside. */
export interface AdvancePorts extends StartRunPorts {
  readonly state: State;
  readonly policies: Policies;
  /** By name. */
  readonly runners: ReadonlyMap<string, Runner>;
  readonly folders: RunFolders;
  readonly hooks: Hooks;
  /** Trainings at once, of all models together; any number when absent. */
  readonly trainingsAtOnce?: number | undefined;
}

/** A run as it was read, and the task that is to move it on. */
export interface Advancing {
  readonly ports: AdvancePorts;
  readonly run: RunRow;
  readonly taskId: string | undefined;
}
