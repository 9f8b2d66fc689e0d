import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import { type ColumnMapping, checkMapping, type FeatureKind } from "../core/prediction/contract.ts";
import { kindOf, rowSchema } from "../core/prediction/feature-kinds.ts";
import type { Task } from "../core/prediction/infer-task.ts";
import { checkModelName } from "../core/prediction/model-name.ts";
import type { RowSchema } from "../core/prediction/prediction.ts";
import { readId } from "../core/prediction/read-id.ts";
import type { EpochUnit } from "../core/prediction/read-timestamp.ts";
import type { Profile } from "../core/profile/bins.ts";
import { millisecondsPer } from "../core/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { CountEngine } from "../ports/count-engine.ts";
import type { Ids } from "../ports/ids.ts";
import type { PredictionLog } from "../ports/log.ts";
import type { Policies } from "../ports/lookups.ts";
import type { RowReader, RowSource } from "../ports/row-source.ts";
import type { ModelRow, State } from "../ports/state.ts";
import { digestRows, openRows, type RowsFrom } from "../stages/ingest/open-rows.ts";
import { kindsWith } from "../stages/ingest/outcome-kind.ts";
import { type Scan, scanSource } from "../stages/ingest/scan.ts";
import { limitationsOf } from "./baseline/limitations.ts";
import { createOutcomes, type Outcomes, type Promised, promiseOf, taskOf } from "./baseline/outcomes.ts";
import { type Refused, readRecords } from "./baseline/read-records.ts";
import { findRegistered, type Registered } from "./baseline/registered.ts";
import { storeBaseline } from "./baseline/store.ts";

export interface BaselinePorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  readonly reader: RowReader;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly policies?: Policies;
}

export interface BaselineInput {
  readonly model: string;
  readonly version: string;
  /** Rows that the version was not trained on, where there are any; those of the training otherwise. */
  readonly from: RowsFrom;
  readonly actor: Actor;
  readonly mapping?: ColumnMapping;
  /** Told by the rows when absent, and asked for where they leave a doubt. */
  readonly task?: Task;
  readonly epoch?: EpochUnit;
  /** Where the trained artifact is. */
  readonly artifact?: string;
  /** Why it takes the place of a baseline that checks were made against already. */
  readonly replace?: string;
}

export interface BaselineResult extends Promised {
  readonly modelId: string;
  readonly versionId: string;
  readonly baselineId: string;
  /** Whether the same file was registered for this version before; nothing has changed then. */
  readonly already: boolean;
  /** Whether it stands in the place of another file's. */
  readonly replaced: boolean;
  readonly champion: boolean;
  readonly task: Task | undefined;
  readonly rows: number;
  readonly refused: number;
  readonly reasons: readonly string[];
  /** What it is not good for: few rows, columns without values, no times, no labels. */
  readonly limitations: readonly string[];
  readonly features: Readonly<Record<string, FeatureKind>>;
}

const mostRepeats = 20;

/**
 * Makes the baseline of a version from a file: its rows are kept beside the log, their profile is what windows are
 * compared with, and where it has predictions and labels their metrics are the version's promise. A version that is not
 * known yet is made; the first of a model becomes its champion. Another file for the same version replaces the baseline
 * while nothing has been checked against it, and later with a reason.
 *
 * @throws InvalidData when the file cannot be used; InvalidInput when the task is in doubt; Conflict when checks were made
 * against another baseline of the version, or the model has another task
 */
export async function registerBaseline(ports: BaselinePorts, input: BaselineInput): Promise<BaselineResult> {
  checkModelName(input.model);
  checkMapping(input.mapping ?? {});
  const version = readId(input.version);
  if ("problem" in version) throw new DriftwardError("InvalidInput", `the version's name ${version.problem}`);
  const source = await openRows(ports.reader, input.from);
  try {
    const { mapping = {}, epoch } = input;
    const digest = await digestRows(source, input.from, { kind: "baseline", mapping, epoch });
    const scan = await scanSource(source, { kind: "baseline", mapping, epoch, batchRows: 20_000 });
    if (scan.rows === 0) throw noRows(source, "it has none");
    for (let repeat = 0; repeat < mostRepeats; repeat += 1) {
      const result = await tryRegister(ports, input, { source, scan, digest });
      if (result !== undefined) return result;
    }
    throw new DriftwardError("Conflict", `model ${input.model} kept changing meanwhile`, { hint: "try it again" });
  } finally {
    await source.close();
  }
}

interface Opened {
  readonly source: RowSource;
  readonly scan: Scan;
  readonly digest: string;
}

/** Undefined when the model changed meanwhile. */
async function tryRegister(
  ports: BaselinePorts,
  input: BaselineInput,
  { source, scan, digest }: Opened,
): Promise<BaselineResult | undefined> {
  const model = await ports.state.models.find(input.model);
  const { version, replace } = input;
  const named = {
    modelId: model?.id ?? "",
    model: input.model,
    version,
    ...(replace === undefined ? {} : { replace }),
  };
  const before = model && (await findRegistered(ports.state, named, digest));
  if (model !== undefined && before?.same === true) return asRegistered(model, before);
  const typed = withTask(model, scan, input.task);
  const kinds = kindsWith(typed, scan, source.name);
  const schema = rowSchema(
    kinds,
    scan.columns.scores.map(({ name }) => name),
  );
  const modelId = model?.id ?? ports.ids.next();
  const baselineId = ports.ids.next();
  const outcomes = createOutcomes(schema);
  const refused: Refused = { count: 0, reasons: [] };
  const latest = new Date(ports.clock.now().getTime() + millisecondsPer.d);
  const records = readRecords(source, scan, schema, latest, outcomes, refused);
  const file = await ports.log.writeBaseline(modelId, baselineId, records, schema);
  try {
    await source.verify();
    if (file.rowCount === 0) throw noRows(source, `none of its ${scan.rows} can be used: ${refused.reasons[0]}`);
    requireCompared(source, scan, outcomes);
    const task = decideTask(source, model, input, outcomes, schema);
    const profile = await profileRows(ports, file.path, schema, outcomes);
    const promised = promiseOf(outcomes, schema, task);
    const at = ports.clock.now();
    const made = { modelId, baselineId, kinds, task, profile, digest, file, source: source.name, at };
    const replaces = before?.baseline;
    const stored = await storeBaseline(ports, input, { ...made, before: model, replaces, metrics: promised.metrics });
    if (stored === undefined) {
      await ports.log.discard([file]);
      return undefined;
    }
    const features = Object.fromEntries(schema.features.map(({ name, kind }) => [name, kind]));
    const numbers = { rows: file.rowCount, refused: refused.count, reasons: refused.reasons, features };
    const told = { limitations: limitationsOf(scan, schema, outcomes, profile), replaced: replaces !== undefined };
    return { ...stored, ...promised, ...numbers, ...told, modelId, baselineId, task, already: false };
  } catch (error) {
    if (error instanceof DriftwardError && error.code !== "StateUnavailable") await ports.log.discard([file]);
    throw error;
  }
}

/** Without a feature or a prediction no check could say anything. Predictions alone are enough: their drift is tested. */
function requireCompared(source: RowSource, scan: Scan, outcomes: Outcomes): void {
  const { features } = scan.columns;
  const valued = features.some((name) => kindOf(scan.votes.get(name) ?? { numbers: 0, others: 0 }) !== undefined);
  if (valued || outcomes.predicted.distinct.size > 0) return;
  const found =
    features.length === 0 ? "it has no column of one" : `no row has a value of ${features.slice(0, 5).join(", ")}`;
  throw new DriftwardError(
    "InvalidData",
    `${source.name}: expected features or predictions to compare with; ${found}`,
    {
      hint: "name a file with the columns that the model is given, or with its predictions",
      place: { file: source.name },
    },
  );
}

function noRows(source: RowSource, why: string): DriftwardError {
  return new DriftwardError("InvalidData", `${source.name}: expected rows to compare with; ${why}`, {
    hint: "name a file with the rows of training or, better, of a holdout",
    place: { file: source.name },
  });
}

function asRegistered(model: ModelRow, { version, baseline }: Registered): BaselineResult {
  return {
    modelId: model.id,
    versionId: version.id,
    baselineId: baseline.id,
    already: true,
    replaced: false,
    champion: model.championVersion === version.id,
    task: model.task,
    rows: baseline.rowCount,
    refused: 0,
    reasons: [],
    limitations: [],
    metrics: baseline.metrics as Promised["metrics"],
    unmeasured: {},
    features: Object.fromEntries(Object.entries(model.features).filter(([name]) => name !== "prediction")),
  };
}

/** A task that is told settles what predictions are, before their values are asked. */
function withTask(
  model: ModelRow | undefined,
  scan: Scan,
  task: Task | undefined,
): Pick<ModelRow, "features"> | undefined {
  const known = model?.features ?? {};
  if (task === undefined || Object.hasOwn(known, "prediction")) return model;
  const text = task === "multiclass" && (scan.votes.get("prediction")?.others ?? 0) > 0;
  return { features: { ...known, prediction: text ? "categorical" : "numeric" } };
}

function decideTask(
  source: RowSource,
  model: ModelRow | undefined,
  input: BaselineInput,
  outcomes: Outcomes,
  schema: RowSchema,
): Task | undefined {
  if (input.task !== undefined && model?.task !== undefined && model.task !== input.task)
    throw new DriftwardError("Conflict", `model ${input.model} is ${model.task}, got the task ${input.task}`, {
      hint: "a model keeps its task: give another kind of model another name",
    });
  const told = input.task ?? model?.task;
  if (told !== undefined || (outcomes.predicted.distinct.size === 0 && outcomes.labelled.distinct.size === 0))
    return told;
  const inferred = taskOf(outcomes, schema);
  if (inferred === undefined) {
    const values = [...new Set([...outcomes.labelled.distinct, ...outcomes.predicted.distinct])].slice(0, 6).join(", ");
    throw new DriftwardError(
      "InvalidInput",
      `${source.name}: predictions and labels such as ${values} leave open what the model does`,
      { hint: "say it: --task binary, multiclass or regression" },
    );
  }
  return inferred;
}

/** Features, and what the version itself says: its prediction and its score. */
function profileRows(ports: BaselinePorts, path: string, schema: RowSchema, outcomes: Outcomes): Promise<Profile> {
  const own = outcomes.predicted.distinct.size > 0 ? [{ name: "prediction", kind: schema.prediction }] : [];
  const score = schema.scores.includes("score") ? [{ name: "score", kind: "numeric" as const }] : [];
  const files = { paths: [ports.log.locate({ path })], format: "parquet" as const };
  return ports.engine.profile({ files, features: [...schema.features, ...own, ...score] });
}
