import type { LabelledHistory } from "../../core/replay/labelled-history.ts";
import type { CountEngine, DataFiles } from "../../ports/count-engine.ts";
import { filterCondition, requireColumn, textExpression } from "./expressions.ts";
import { classColumns, classScoreExpression, outcomeExpression, predictionColumns } from "./labelled-sql.ts";
import { quoteText } from "./quote.ts";
import type { Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";

type HistoryRequest = Parameters<CountEngine["labelledHistory"]>[0];

/** Name of the column that holds each row's file; a feature cannot be called so. */
const fileColumn = "_driftward_file";

/** Every prediction of a time, with its label if it has one and the files of both; in order of time, then id. */
export async function labelledHistory(session: Session, request: HistoryRequest): Promise<LabelledHistory> {
  const { predictions, labels, from, to } = request;
  if (predictions.paths.length === 0) return historyOf([], []);
  const source = await openSource(session, predictions);
  const columns = predictionColumns(source);
  const classes = classColumns(source);
  const version = textExpression(requireColumn(source, "model_version", "that says which version predicted"));
  const rows = await session.connection.runAndReadAll(
    `WITH p AS (SELECT ${columns.id} AS id, ${columns.time} AS time, ${version} AS version, ${columns.prediction} AS prediction,
      ${columns.score} AS score, ${columns.entity} AS entity, i AS file${classes.map(({ column }, i) => `, ${classScoreExpression(column)} AS c${i}`).join("")}
      FROM ${withFiles(source, predictions)}
      WHERE ${filterCondition(source, { from, to })}),
     l AS (${await firstLabels(session, labels)})
     SELECT p.id, p.time / 1e3, version, prediction, score, entity, label, p.file, coalesce(l.file, -1)
       ${classes.map((_, i) => `, p.c${i}`).join("")}
     FROM p LEFT JOIN l ON p.id = l.id ORDER BY p.time, p.id`,
  );
  const names = classes.map(({ name }) => name);
  return historyOf(rows.getColumns(), names);
}

async function firstLabels(session: Session, files: DataFiles): Promise<string> {
  if (files.paths.length === 0) return "SELECT NULL::VARCHAR AS id, NULL::DOUBLE AS label, -1 AS file WHERE false";
  const source = await openSource(session, files);
  const id = textExpression(requireColumn(source, "prediction_id", "to join labels by"));
  const label = outcomeExpression(requireColumn(source, "label", "that holds the true outcome"));
  return `SELECT id, label, file FROM (SELECT ${id} AS id, ${label} AS label, i AS file FROM ${withFiles(source, files)})
    WHERE id IS NOT NULL AND label IS NOT NULL QUALIFY row_number() OVER (PARTITION BY id ORDER BY file) = 1`;
}

/** A source of the log with `i`, the place of each row's file in the list. */
function withFiles(source: Source, { paths }: DataFiles): string {
  const named = source.from.replace(/\)$/, `, filename = ${quoteText(fileColumn)})`);
  const list = paths.map((path, i) => `(${quoteText(path)}, ${i})`).join(", ");
  return `${named} AS rows JOIN (VALUES ${list}) AS files (path, i) ON files.path = rows.${fileColumn}`;
}

function historyOf(columns: readonly (readonly unknown[])[], classes: readonly string[]): LabelledHistory {
  const [ids = [], times = [], versions = [], predictions = [], scores = [], entities = []] = columns;
  const [labels = [], predictionFiles = [], labelFiles = []] = columns.slice(6);
  const outcome = (value: unknown) => (value === null ? undefined : typeof value === "number" ? value : String(value));
  return {
    predictionIds: ids.map(String),
    timestamps: Float64Array.from(times, Number),
    versions: versions.map(String),
    predictions: predictions.map(outcome),
    scores: numbersOf(scores),
    classScores: classes.map((name, i) => ({ name, scores: numbersOf(columns[9 + i] ?? []) })),
    entities: entities.map((entity) => (entity === null ? undefined : String(entity))),
    labels: labels.map(outcome),
    predictionFiles: Int32Array.from(predictionFiles, Number),
    labelFiles: Int32Array.from(labelFiles, Number),
  };
}

function numbersOf(values: readonly unknown[]): Float64Array {
  return Float64Array.from(values, (value) => (typeof value === "number" ? value : Number.NaN));
}
