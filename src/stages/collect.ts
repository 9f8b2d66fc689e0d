import { systemActor } from "../core/actor.ts";
import type { Policy } from "../core/policy/policy.ts";
import { millisecondsPer } from "../core/units.ts";
import type { PredictionSources } from "../ports/prediction-sources.ts";
import type { ModelRow } from "../ports/state.ts";
import { rowsByColumn } from "./ingest/only-rows.ts";
import { type IngestPorts, type IngestResult, ingest } from "./ingest.ts";

export interface CollectPorts extends IngestPorts {
  readonly sources: PredictionSources;
}

export interface Collected {
  readonly files: readonly { readonly file: string; readonly result: IngestResult }[];
  /** What could not be taken in; it is tried again when it has changed. */
  readonly problems: readonly { readonly file: string; readonly error: unknown }[];
}

/**
 * Takes in what a policy names: files of its pattern that are new or have changed, or what a program of the operator
 * brings of the time since the last known row. Twice is once: rows are known by their ids.
 *
 * @param known  files that were taken in or refused as they are, kept by the caller from time to time
 */
export async function collect(
  ports: CollectPorts,
  model: ModelRow,
  policy: Policy,
  { known = new Set(), signal }: { readonly known?: Set<string>; readonly signal?: AbortSignal } = {},
): Promise<Collected> {
  const { predictions } = policy.data;
  if (predictions === undefined) return { files: [], problems: [] };
  if ("files" in predictions) return collectFiles(ports, model, policy, predictions.files, known, signal);
  const { source } = predictions;
  const { path, discard } = await ports.sources.fetch(
    source,
    { model: model.name, ...(await spanOf(ports, model, policy)) },
    signal,
  );
  try {
    return { files: [{ file: source, result: await take(ports, model, policy, path) }], problems: [] };
  } finally {
    await discard();
  }
}

async function collectFiles(
  ports: CollectPorts,
  model: ModelRow,
  policy: Policy,
  pattern: string,
  known: Set<string>,
  signal: AbortSignal | undefined,
): Promise<Collected> {
  const files: Collected["files"][number][] = [];
  const problems: Collected["problems"][number][] = [];
  for (const { path: file, size, modifiedAt } of await ports.sources.find(pattern)) {
    const key = JSON.stringify([model.id, file, size, modifiedAt, policy.data.columns, policy.data.only]);
    if (known.has(key)) continue;
    if (signal?.aborted === true) break;
    try {
      const result = await take(ports, model, policy, file);
      if (!result.already) files.push({ file, result });
    } catch (error) {
      problems.push({ file, error });
    }
    known.add(key);
  }
  return { files, problems };
}

function take(ports: CollectPorts, model: ModelRow, { data }: Policy, file: string): Promise<IngestResult> {
  const only = data.only === undefined ? {} : { only: rowsByColumn(data.only) };
  const input = { model: model.name, kind: "predictions", from: { file }, actor: systemActor } as const;
  return ingest(ports, { ...input, mapping: data.columns, ...only });
}

/** From the last known row on, and so far before it as rows may be late; a window at first. */
async function spanOf({ state, clock }: CollectPorts, model: ModelRow, { data, window }: Policy) {
  const minute = millisecondsPer.m;
  const to = new Date(Math.floor(clock.now().getTime() / minute) * minute);
  const files = await state.log.files(model.id, "predictions", {});
  const last =
    files.length === 0 ? to.getTime() - window.spanMs : Math.max(...files.map(({ lastAt }) => lastAt.getTime()));
  return { from: new Date(Math.min(last, to.getTime()) - data.settleMs), to };
}
