import type { RuleOutcome } from "../../core/drift/judge.ts";
import { DriftwardError } from "../../core/errors.ts";
import { compareRecord, type RecordComparison } from "../../core/replay/compare-record.ts";
import type { RunGrounds } from "../../core/replay/explanation.ts";
import { askGates, type GateOutcome } from "../../core/run/gates.ts";
import type { Lineage } from "../../core/run/lineage.ts";
import type { RunRow } from "../../ports/state.ts";
import { standingOf } from "../versions.ts";
import { decidingPolicy } from "./explain-check.ts";
import type { ExplainPorts } from "./ports.ts";

/** A run with what asked for it and what it was judged by, its gates asked again about the recorded metrics. */
export interface RunExplanation {
  readonly about: "run";
  readonly grounds: RunGrounds;
}

/** More promotions than any model has. */
const mostWatches = 1_000;

/** @throws NotFound when there is no such run */
export async function explainRun(ports: ExplainPorts, number: number): Promise<RunExplanation> {
  const { state } = ports;
  const run = await state.runs.findByNumber(number);
  if (run === undefined) throw new DriftwardError("NotFound", `expected a run, found no run ${number}`);
  const [model, results, records, watches] = await Promise.all([
    state.models.get(run.modelId),
    state.runs.gates(run.id),
    state.records.after({ subjects: [run.id] }, 1, 0),
    state.watches.recent(run.modelId, mostWatches),
  ]);
  const starter = records.find(({ kind }) => kind === "run started")?.actor;
  const decision = run.decisionId === undefined ? undefined : await state.decisions.get(run.decisionId);
  const candidate = run.candidateVersion === undefined ? undefined : await state.versions.get(run.candidateVersion);
  const incident = run.incidentId === undefined ? undefined : await state.incidents.get(run.incidentId);
  const outcomes = decision === undefined ? [] : await state.checks.ruleOutcomes(decision.checkId);
  const asked = outcomes.find(({ rule, segment }) => rule === decision?.rule && segment === decision.segment);
  const { reason, outcome, createdAt, finishedAt, trainer, cut, asOfSeq } = run;
  const gates = results.map(({ body }) => body as GateOutcome);
  return {
    about: "run",
    grounds: {
      ...{ run: number, model: model.name, state: run.state, reason, outcome, createdAt, finishedAt },
      ...{ trainer, cut, asOfSeq, gates },
      policy: await decidingPolicy(ports, run.policyRevisionId),
      candidate: candidate?.name,
      watch: standingOf(watches.find(({ runId }) => runId === run.id)),
      incident: incident?.number,
      askedBy: starter === undefined || starter.kind === "system" ? undefined : starter.id,
      rule: asked?.body as RuleOutcome | undefined,
      recomputed:
        candidate === undefined || model.task === undefined
          ? undefined
          : await askAgain(ports, run, { lineage: candidate.lineage, task: model.task, gates }),
    },
  };
}

async function askAgain(
  { policies }: ExplainPorts,
  run: RunRow,
  recorded: {
    readonly lineage: Readonly<Record<string, unknown>>;
    readonly task: Parameters<typeof askGates>[2];
    readonly gates: readonly GateOutcome[];
  },
): Promise<RecordComparison> {
  const policy = await policies.of(run.policyRevisionId);
  const { metrics, measures } = recorded.lineage as unknown as Lineage;
  const again = askGates(policy.evaluate.gates, { ...measures, metrics }, recorded.task);
  const byGate = (gates: readonly GateOutcome[]) => Object.fromEntries(gates.map((gate) => [gate.gate, gate]));
  return compareRecord(byGate(recorded.gates), byGate(again));
}
