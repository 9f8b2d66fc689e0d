import type { Actor } from "../core/actor.ts";
import type { OperatorNames } from "../core/policy/check-operator.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { Clock } from "./clock.ts";
import type { CountEngine } from "./count-engine.ts";
import type { Hooks } from "./hooks.ts";
import type { Ids } from "./ids.ts";
import type { Links } from "./links.ts";
import type { PredictionLog } from "./log.ts";
import type { Logger } from "./logger.ts";
import type { Calibrations, Limits, Policies, Profiles, Seasons, SegmentedBaselines } from "./lookups.ts";
import type { Mailer } from "./mailer.ts";
import type { PolicySource } from "./policy-source.ts";
import type { PredictionSources } from "./prediction-sources.ts";
import type { Queue } from "./queue.ts";
import type { Rejects } from "./rejects.ts";
import type { RowReader } from "./row-source.ts";
import type { RunFolders } from "./run-folders.ts";
import type { Runner, Trainer } from "./runner.ts";
import type { State } from "./state.ts";
import type { Webhooks } from "./webhooks.ts";

/** Every port, opened: what stages and actions are handed. Each takes the few that it names. */
export interface Services {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly mailer: Mailer;
  readonly webhooks: Webhooks;
  /** Addresses of pages; undefined where none are served. */
  readonly links: Links | undefined;
  readonly rejects: Rejects;
  readonly reader: RowReader;
  readonly policies: Policies;
  readonly profiles: Profiles;
  readonly calibrations: Calibrations;
  readonly limits: Limits;
  readonly seasons: Seasons;
  readonly segmented: SegmentedBaselines;
  readonly policySource: PolicySource;
  /** What of driftward.yaml policies may name. */
  readonly operator: OperatorNames;
  readonly folders: RunFolders;
  readonly checkpoints: Checkpoints;
  readonly runners: ReadonlyMap<string, Runner>;
  readonly sources: PredictionSources;
  readonly trainers: ReadonlyMap<string, Trainer>;
  readonly hooks: Hooks;
  /** Trainings at once, of all models together; any number when undefined. */
  readonly trainingsAtOnce: number | undefined;
  /** Opened for programs that start workers; undefined for commands, which only write outbox rows. */
  readonly queue: Queue | undefined;
  /** Who acts through these services. */
  readonly actor: Actor;
  /** Where state is kept, for people. */
  readonly where: string;
  close(): Promise<void>;
}
