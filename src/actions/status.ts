import type { WatchStanding } from "../core/run/watch.ts";
import type { Policies } from "../ports/lookups.ts";
import type {
  CheckRow,
  IncidentMember,
  IncidentRow,
  ModelRow,
  PolicyRefusalRow,
  PolicyRevisionRow,
  QuarantineRow,
  RunRow,
  State,
} from "../ports/state.ts";
import {
  type BaselineStatus,
  baselineStatusOf,
  type LiveBaselineStatus,
  liveBaselineStatus,
} from "./baseline-status.ts";
import { standingOf } from "./versions.ts";

/** The revision in force. */
export interface PolicyStatus {
  readonly seq: number;
  readonly path: string;
  readonly commit: string | undefined;
  readonly author: string | undefined;
  readonly digest: string;
  readonly appliedAt: Date;
}

export interface ModelStatus {
  readonly model: ModelRow;
  readonly champion: string | undefined;
  /** Of the champion. */
  readonly baseline: BaselineStatus | undefined;
  /** Undefined where the policy asks for none. */
  readonly liveBaseline: LiveBaselineStatus | undefined;
  readonly policy: PolicyStatus | undefined;
  /** A policy that was offered last and could not be put in force. */
  readonly refused: PolicyRefusalRow | undefined;
  /** Newest first. */
  readonly checks: readonly CheckRow[];
  readonly openIncidents: readonly IncidentRow[];
  readonly incidents: readonly IncidentRow[];
  /** Models of those incidents that are of a source. */
  readonly members: readonly IncidentMember[];
  readonly runs: readonly RunRow[];
  /** How the champion is held to its promise, while it is. */
  readonly watch: WatchStanding | undefined;
  /** Those that stand. */
  readonly quarantines: readonly QuarantineRow[];
}

/** How one model stands, or all of them: champion, last checks, incidents, runs. */
export async function status(
  ports: { readonly state: State; readonly policies: Policies },
  models: readonly ModelRow[],
  limit: number,
): Promise<readonly ModelStatus[]> {
  const { state } = ports;
  return Promise.all(
    models.map(async (model): Promise<ModelStatus> => {
      const { id, championVersion, championBaseline, policyRevision } = model;
      const [champion, revision, refusals, checks, openIncidents, incidents, runs, quarantines, watch, baseline] =
        await Promise.all([
          championVersion === undefined ? undefined : state.versions.get(championVersion),
          policyRevision === undefined ? undefined : state.policies.get(policyRevision),
          state.policies.refusals(id),
          state.checks.recent(id, limit),
          state.incidents.open(id),
          state.incidents.recent(id, limit),
          state.runs.recent(id, limit),
          state.quarantines.list(id),
          state.watches.open(id),
          championBaseline === undefined ? undefined : state.baselines.summary(championBaseline),
        ]);
      const listed = new Map([...openIncidents, ...incidents].map((one) => [one.id, one]));
      const shared = [...listed.values()].filter(({ sourceKey }) => sourceKey !== undefined);
      return {
        members: (await Promise.all(shared.map((one) => state.incidents.members(one.id)))).flat(),
        model,
        champion: champion?.name,
        baseline: baselineStatusOf(baseline),
        liveBaseline: await liveBaselineStatus(ports, model),
        policy: revision === undefined ? undefined : policyStatus(revision),
        refused: refusals.find(({ clearedAt }) => clearedAt === undefined),
        checks,
        openIncidents,
        incidents,
        runs,
        watch: standingOf(watch),
        quarantines: quarantines.filter(({ liftedSeq }) => liftedSeq === undefined),
      };
    }),
  );
}

function policyStatus({ seq, path, gitCommit, author, digest, appliedAt }: PolicyRevisionRow): PolicyStatus {
  return { seq, path, commit: gitCommit, author, digest, appliedAt };
}
