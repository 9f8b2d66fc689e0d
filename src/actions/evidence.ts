import type { ChainedEntry } from "../core/audit/audit-entry.ts";
import { type Checkpoint, parseCheckpoints } from "../core/audit/checkpoint.ts";
import {
  evidenceFile,
  evidenceRecord,
  evidenceSchemaName,
  evidenceText,
  type UnsignedEvidence,
} from "../core/audit/evidence.ts";
import { DriftwardError } from "../core/errors.ts";
import type { ModelRow, RunRow, StateReads, VersionRow } from "../ports/state.ts";
import { type CheckpointPorts, checkpoint } from "../stages/checkpoint.ts";
import { requireModel } from "./check-model.ts";
import { stateEvidence } from "./evidence/statement.ts";

/** Records that one file of evidence may hold. */
const mostRecords = 50_000;

/**
 * Bundles what led to a version's promotion, with the piece of the audit trail that says so and a signed checkpoint
 * that ends it: one JSON file that can be checked anywhere.
 *
 * @param name  `MODEL@VERSION`
 * @throws InvalidInput when the name is none; NotFound when there is no such version, or no run promoted it
 */
export async function makeEvidence(ports: CheckpointPorts, name: string): Promise<string> {
  const { state, checkpoints, clock } = ports;
  const [modelName, ...rest] = name.split("@");
  const versionName = rest.join("@");
  if (modelName === undefined || modelName === "" || versionName === "")
    throw new DriftwardError("InvalidInput", `expected a version such as churn@2, got "${name}"`);
  const model = await requireModel(state, modelName);
  const { version, run } = await promotionOf(state, model, versionName);
  const bounds = await boundsOf(state, run);
  const signer = await checkpoints.signer();
  const known = await keptCheckpoint(ports, signer.key, bounds.last);
  const end = known ?? (await checkpoint(ports));
  if (end === undefined) throw new Error(`run ${run.number} was promoted and the audit trail is empty`);
  const records = await recordsBetween(state, bounds.first, end);
  const unsigned: UnsignedEvidence = {
    schema: evidenceSchemaName,
    made_at: clock.now().toISOString(),
    instance: await state.instance.id(),
    statement: await stateEvidence(state, { model, version, run }, records),
    records: records.map(evidenceRecord),
    checkpoint: end,
  };
  // As it will be read back: what JSON leaves out must not be signed.
  const plain = JSON.parse(JSON.stringify(unsigned)) as UnsignedEvidence;
  return evidenceFile({ ...plain, signature: signer.sign(evidenceText(plain)) });
}

async function promotionOf(
  state: StateReads,
  model: ModelRow,
  name: string,
): Promise<{ readonly version: VersionRow; readonly run: RunRow }> {
  const version = await state.versions.find(model.id, name);
  const hint = `\`driftward versions ${model.name}\` lists them`;
  if (version === undefined)
    throw new DriftwardError("NotFound", `expected a version of ${model.name}, got "${name}"`, { hint });
  const changes = await state.aliases.history(model.id, "champion");
  const runIds = changes.flatMap(({ versionId, runId }) => (versionId === version.id && runId ? [runId] : []));
  const runs = await Promise.all(runIds.map((id) => state.runs.get(id)));
  const run = runs.find(({ candidateVersion, state: end }) => candidateVersion === version.id && end === "promoted");
  if (run !== undefined) return { version, run };
  throw new DriftwardError("NotFound", `no run promoted version ${name} of ${model.name}`, {
    hint: "there is evidence of versions that passed gates; others were registered with driftward baseline, or never served",
  });
}

/** The places of the run's first and last record in the trail. */
async function boundsOf(state: StateReads, run: RunRow): Promise<{ readonly first: number; readonly last: number }> {
  const subjects = [run.id];
  const [first] = await state.records.after({ subjects }, 1, 0);
  const [last] = await state.records.newest({ subjects, kind: "run promoted" }, 1);
  if (first !== undefined && last !== undefined) return { first: first.seq, last: last.seq };
  throw new DriftwardError("Conflict", `the audit trail has no records of run ${run.number}`, {
    hint: "driftward audit verify shows where the trail is broken",
  });
}

/** The first checkpoint after the promotion that was kept: the nearer, the shorter the evidence. */
async function keptCheckpoint(
  { checkpoints, state }: CheckpointPorts,
  key: string,
  last: number,
): Promise<Checkpoint | undefined> {
  const content = await checkpoints.read();
  const instance = await state.instance.id();
  const kept = content === "" ? [] : parseCheckpoints(content, checkpoints.file);
  return kept
    .filter((one) => one.seq >= last && one.key === key && one.instance === instance)
    .toSorted((a, b) => a.seq - b.seq)[0];
}

async function recordsBetween(state: StateReads, first: number, end: Checkpoint): Promise<readonly ChainedEntry[]> {
  const count = end.seq - first + 1;
  if (count > mostRecords)
    throw new DriftwardError("Refused", `the evidence would hold ${count} records, more than ${mostRecords}`, {
      hint: "checkpoints that are made daily keep it short",
    });
  const records = await state.records.list(first, count);
  const last = records.at(-1);
  if (records.length === count && last?.hash === end.hash) return records;
  throw new DriftwardError("Conflict", `the audit trail does not agree with its checkpoint at record ${end.seq}`, {
    hint: "driftward audit verify shows where the trail is broken",
  });
}
