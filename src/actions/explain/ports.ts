import type { CountEngine } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { Limits, Policies, Profiles, Seasons, SegmentedBaselines } from "../../ports/lookups.ts";
import type { State } from "../../ports/state.ts";

/** What it takes to compute a decision again. */
export interface ExplainPorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  readonly policies: Policies;
  readonly profiles: Profiles;
  readonly limits?: Limits;
  readonly seasons?: Seasons;
  readonly segmented?: SegmentedBaselines;
}
