import type { Columns } from "./columns.ts";
import type { BaselineRecord, LogLabel, LogPrediction, RowSchema } from "./prediction.ts";
import { quote, type Read, readId } from "./read-id.ts";
import { hasComma, isMissing, readNumber } from "./read-number.ts";
import { readText } from "./read-text.ts";
import { type EpochUnit, readTimestamp } from "./read-timestamp.ts";

/** How rows are read; made once for all that have the same columns in the same places. */
export interface RowRules {
  readonly schema: RowSchema;
  /** Where each contract column stands in a row. */
  readonly systemAt: ReadonlyMap<string, number>;
  /** Where the schema's scores and features stand; undefined when these rows do not have it. */
  readonly scoreAt: readonly (number | undefined)[];
  readonly featureAt: readonly (number | undefined)[];
  /** Whether the format has no types, so that numbers come as text. */
  readonly textual: boolean;
  readonly epoch: EpochUnit | undefined;
  /** Later instants are refused: a prediction cannot come from the future. */
  readonly latest: Date;
}

/** A row that was read, or the reason why it is refused. */
export type RowOutcome<Row> = { readonly row: Row } | { readonly refused: string };

/**
 * Places the columns of a file in rows.
 *
 * @param header  the columns of these rows, in order; a part of the file's
 */
export function rowRules(
  columns: Columns,
  header: readonly string[],
  rest: Pick<RowRules, "schema" | "textual" | "epoch" | "latest">,
): RowRules {
  const places = new Map(header.map((name, index) => [name, index]));
  const systemAt = new Map<string, number>();
  for (const [name, column] of columns.system) {
    const index = places.get(column);
    if (index !== undefined) systemAt.set(name, index);
  }
  const scores = new Map(columns.scores.map(({ name, column }) => [name, places.get(column)]));
  const features = new Set(columns.features);
  return {
    ...rest,
    systemAt,
    scoreAt: rest.schema.scores.map((name) => scores.get(name)),
    featureAt: rest.schema.features.map(({ name }) => (features.has(name) ? places.get(name) : undefined)),
  };
}

type Values = readonly unknown[];

/**
 * A row as a prediction. Only a bad id, timestamp, version or prediction refuses it; any other bad value is kept as
 * missing, with its column in `invalid`.
 */
export function readPrediction(values: Values, rules: RowRules): RowOutcome<LogPrediction> {
  const id = readSystem(values, rules, "prediction_id", readId);
  if ("refused" in id) return id;
  const timestamp = readSystem(values, rules, "timestamp", (value) => readPast(value, rules));
  if ("refused" in timestamp) return timestamp;
  const version = readSystem(values, rules, "model_version", readId);
  if ("refused" in version) return version;
  const prediction = readSystem(values, rules, "prediction", (value) => readOutcome(value, rules));
  if ("refused" in prediction) return prediction;
  return {
    row: {
      predictionId: id.row,
      timestamp: timestamp.row,
      modelVersion: version.row,
      prediction: prediction.row,
      ...readOthers(values, rules),
    },
  };
}

/** A row as a label; its other columns are passed over. */
export function readLabel(values: Values, rules: RowRules): RowOutcome<LogLabel> {
  const id = readSystem(values, rules, "prediction_id", readId);
  if ("refused" in id) return id;
  const label = readSystem(values, rules, "label", (value) => readOutcome(value, rules));
  if ("refused" in label) return label;
  const timestamp = readSystem(values, rules, "label_timestamp", (value) => readPast(value, rules));
  if ("refused" in timestamp) return timestamp;
  return { row: { predictionId: id.row, label: label.row, labelTimestamp: timestamp.row } };
}

/** A row of a baseline: prediction, label and time may be missing; a value that is there and wrong refuses the row. */
export function readBaselineRecord(values: Values, rules: RowRules): RowOutcome<BaselineRecord> {
  const optional = <Value>(name: string, read: (value: unknown) => Read<Value>): RowOutcome<Value | undefined> => {
    if (isMissing(at(values, rules.systemAt.get(name)), rules.textual, "numeric")) return { row: undefined };
    return readSystem(values, rules, name, read);
  };
  const prediction = optional("prediction", (value) => readOutcome(value, rules));
  if ("refused" in prediction) return prediction;
  const label = optional("label", (value) => readOutcome(value, rules));
  if ("refused" in label) return label;
  const timestamp = optional("timestamp", (value) => readPast(value, rules));
  if ("refused" in timestamp) return timestamp;
  return {
    row: {
      prediction: prediction.row,
      label: label.row,
      timestamp: timestamp.row,
      ...readOthers(values, rules),
    },
  };
}

function readSystem<Value>(
  values: Values,
  rules: RowRules,
  name: string,
  read: (value: unknown) => Read<Value>,
): RowOutcome<Value> {
  const outcome = read(at(values, rules.systemAt.get(name)));
  return "problem" in outcome ? { refused: `${name} ${outcome.problem}` } : { row: outcome.value };
}

function readPast(value: unknown, rules: RowRules): Read<Date> {
  const outcome = readTimestamp(value, rules.textual, rules.epoch);
  if ("problem" in outcome || outcome.value <= rules.latest) return outcome;
  return { problem: `${outcome.value.toISOString()} is in the future` };
}

/** A prediction or a label: of the model's kind, finite. */
function readOutcome(value: unknown, rules: RowRules): Read<number | string> {
  if (isMissing(value, rules.textual, rules.schema.prediction)) return { problem: "is missing" };
  if (rules.schema.prediction === "categorical") {
    const text = readText(value);
    return text === undefined || text === "" ? { problem: `${quote(value)} is no text` } : { value: text };
  }
  const number = readNumber(value, rules.textual);
  if (number === undefined)
    return {
      problem: `${quote(value)} is no number, as this model's predictions are${hasComma(value) ? ": write decimals with a point, and thousands without a sign" : ""}`,
    };
  return Number.isFinite(number) ? { value: number } : { problem: `${number} is not finite` };
}

type Others = Pick<LogPrediction, "scores" | "features" | "invalid" | "entityId">;

function readOthers(values: Values, rules: RowRules): Others {
  const { schema, textual } = rules;
  const invalid: string[] = [];
  const scores = schema.scores.map((name, i) => {
    const value = at(values, rules.scoreAt[i]);
    if (isMissing(value, textual, "numeric")) return undefined;
    const score = readNumber(value, textual);
    if (score !== undefined && score >= 0 && score <= 1) return score;
    invalid.push(name);
    return undefined;
  });
  const features = schema.features.map(({ name, kind }, i) => {
    const value = at(values, rules.featureAt[i]);
    if (isMissing(value, textual, kind)) return undefined;
    const read = kind === "numeric" ? readNumber(value, textual) : readText(value);
    if (read === undefined) invalid.push(name);
    return read;
  });
  return { scores, features, entityId: readEntity(values, rules, invalid), invalid: invalid.sort() };
}

function at(values: Values, index: number | undefined): unknown {
  return index === undefined ? undefined : values[index];
}

function readEntity(values: Values, rules: RowRules, invalid: string[]): string | undefined {
  const value = at(values, rules.systemAt.get("entity_id"));
  if (isMissing(value, rules.textual, "categorical")) return undefined;
  const read = readId(value);
  if ("value" in read) return read.value;
  invalid.push("entity_id");
  return undefined;
}
