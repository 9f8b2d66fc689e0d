import { describeMatch, type EvaluationMatch, judgeMatch } from "../../core/run/evaluation-match.ts";
import { describeShadow, judgeShadow, type ShadowComparison } from "../../core/run/shadow.ts";
import type { DataFiles } from "../../ports/count-engine.ts";
import type { LogFileRow, ModelRow, RunRow } from "../../ports/state.ts";
import { matchEvaluation } from "./match-evaluation.ts";
import type { AdvancePorts, Advancing } from "./ports.ts";

/** How the shadow step stands: still going until an instant, or over, with what was seen and why it may not go on. */
export type ShadowProgress =
  | { readonly going: true; readonly until: Date }
  | {
      readonly going: false;
      readonly said: string;
      readonly seen: ShadowSeen;
      readonly against: string | undefined;
    };

/** What the audit trail keeps of a shadow. */
export interface ShadowSeen {
  /** Absent where it ended before its time. */
  readonly shadow?: ShadowComparison;
  /** Absent where the run's files are gone. */
  readonly evaluation?: EvaluationMatch;
}

/** Looks at the shadow step of a run; compared is what both versions were asked since it began. */
export async function lookAtShadow({ ports, run }: Advancing): Promise<ShadowProgress> {
  const policy = await ports.policies.of(run.policyRevisionId);
  const until = new Date((run.stepSince ?? run.createdAt).getTime() + (policy.promote.shadowMs ?? 0));
  // Rows of its last minutes may be late, as they may be for a window.
  const settled = new Date(until.getTime() + policy.data.settleMs);
  const model = await ports.state.models.get(run.modelId);
  const isOver = ports.clock.now() >= settled;
  const match = await matchEvaluation(ports, model, run, isOver ? undefined : (run.stepSince ?? run.createdAt));
  const evaluation = match === undefined ? {} : { evaluation: match };
  if (!isOver) {
    const wrong = judgeMatch(match, false);
    if (wrong === undefined) return { going: true, until: settled };
    return { going: false, seen: evaluation, said: "before the end of the shadow", against: wrong };
  }
  const comparison = await compareShadow(ports, model, run, until);
  const against =
    judgeMatch(match, policy.promote.evaluationRowsRequired === true) ?? judgeShadow(comparison, policy.window.minRows);
  const told = match === undefined || match.logged === 0 ? [] : [describeMatch(match)];
  const said = [describeShadow(comparison, model.task), ...told].join("; ");
  return { going: false, seen: { shadow: comparison, ...evaluation }, said, against };
}

/** What champion and challenger said of the same predictions from the beginning of the step to an instant. */
export async function compareShadow(
  ports: Pick<AdvancePorts, "state" | "log" | "engine">,
  model: ModelRow,
  run: Pick<RunRow, "candidateVersion" | "stepSince" | "createdAt">,
  to: Date,
): Promise<ShadowComparison> {
  const from = run.stepSince ?? run.createdAt;
  const versionOf = async (id: string | undefined) =>
    id === undefined ? "" : (await ports.state.versions.get(id)).name;
  const files = async (kind: "predictions" | "shadow"): Promise<DataFiles> => {
    const found: readonly LogFileRow[] = await ports.state.log.files(model.id, kind, { from, to });
    return { paths: found.map((file) => ports.log.locate(file)), format: "parquet" };
  };
  return ports.engine.compareShadow({
    champion: { files: await files("predictions"), version: await versionOf(model.championVersion) },
    challenger: { files: await files("shadow"), version: await versionOf(run.candidateVersion) },
    from,
    to,
  });
}
