import type { CheckRow, IncidentRow, ModelRow, RunRow, State } from "../ports/state.ts";

export interface ModelStatus {
  readonly model: ModelRow;
  readonly champion: string | undefined;
  readonly policy: { readonly path: string; readonly commit: string | undefined } | undefined;
  /** Newest first. */
  readonly checks: readonly CheckRow[];
  readonly openIncidents: readonly IncidentRow[];
  readonly incidents: readonly IncidentRow[];
  readonly runs: readonly RunRow[];
}

/** How one model stands, or all of them: champion, last checks, incidents, runs. */
export async function status(
  state: State,
  models: readonly ModelRow[],
  limit: number,
): Promise<readonly ModelStatus[]> {
  return Promise.all(
    models.map(async (model): Promise<ModelStatus> => {
      const { id, championVersion, policyRevision } = model;
      const [champion, revision, checks, openIncidents, incidents, runs] = await Promise.all([
        championVersion === undefined ? undefined : state.versions.get(championVersion),
        policyRevision === undefined ? undefined : state.policies.get(policyRevision),
        state.checks.recent(id, limit),
        state.incidents.open(id),
        state.incidents.recent(id, limit),
        state.runs.recent(id, limit),
      ]);
      return {
        model,
        champion: champion?.name,
        policy: revision === undefined ? undefined : { path: revision.path, commit: revision.gitCommit },
        checks,
        openIncidents,
        incidents,
        runs,
      };
    }),
  );
}
