import { givenClassScores } from "../../core/metrics/metric.ts";
import type { CountEngine, DataFiles, LabelledRows } from "../../ports/count-engine.ts";
import { filterCondition } from "./expressions.ts";
import { asNumbers, classColumns, classScoreExpression, firstLabels, predictionColumns } from "./labelled-sql.ts";
import { asText, queryNumber, type Session } from "./session.ts";
import { openSource } from "./source.ts";

type LabelledRequest = Parameters<CountEngine["labelled"]>[0];

const systemColumns = ["prediction_id", "timestamp", "prediction", "score", "entity_id", "model_version"];

/** Predictions of a window with the first label of each; in order of time, then id. See the port. */
export async function joinLabels(session: Session, request: LabelledRequest): Promise<LabelledRows> {
  if (request.predictions.paths.length === 0) return labelledRows([], [request.predictions, request.labels], 0);
  const source = await openSource(session, request.predictions, systemColumns);
  const { from, to, modelVersion, except = [] } = request;
  const condition = filterCondition(source, {
    from,
    to,
    except,
    ...(modelVersion === undefined ? {} : { modelVersion }),
  });
  const columns = predictionColumns(source);
  const classes = classColumns(source);
  const labels = await firstLabels(session, request.labels);
  const rows = await session.connection.runAndReadAll(
    `SELECT p.id, time / 1e3 AS time, prediction, score, entity, label${classes.map((_, i) => `, p.c${i}`).join("")} FROM
     (SELECT ${columns.id} AS id, ${columns.time} AS time, ${columns.prediction} AS prediction, ${columns.score} AS score,
      ${columns.entity} AS entity${classes.map(({ column }, i) => `, ${classScoreExpression(column)} AS c${i}`).join("")}
      FROM ${source.from} WHERE ${condition}) p
     JOIN ${labels} l ON p.id = l.id WHERE prediction IS NOT NULL ORDER BY time, p.id`,
  );
  const predicted = await queryNumber(session, `SELECT count(*) FROM ${source.from} WHERE ${condition}`);
  const names = classes.map(({ name }) => name);
  return labelledRows(rows.getColumns(), [request.predictions, request.labels], predicted, { classes: names });
}

/**
 * Columns id, time (ms), prediction, score, entity, label, and one of each class's scores as labelled rows.
 *
 * Scores are there when every row has one; with `partly`, NaN stands for one that there is not. A class of which no row
 * has a score is another version's. A row without an entity is an entity of its own.
 */
export function labelledRows(
  columns: readonly (readonly unknown[])[],
  files: readonly [predictions: DataFiles, labels: DataFiles],
  predicted: number,
  { partly = false, classes = [] }: { readonly partly?: boolean; readonly classes?: readonly string[] } = {},
): LabelledRows {
  const [ids = [], times = [], predictions = [], scores = [], entities = [], labels = []] = columns;
  const typed = (values: readonly unknown[], { format }: DataFiles): readonly (number | string)[] => {
    const outcomes = values.map((value) => (typeof value === "number" ? value : String(value)));
    return format === "parquet" ? outcomes : asNumbers(outcomes);
  };
  const scored =
    scores.length > 0 && scores.every((score) => typeof score === "number" && (partly || Number.isFinite(score)));
  const classScores = classScoresOf(classes, columns.slice(6), partly);
  const known = entities.some((entity) => entity !== null);
  return {
    predictionIds: ids.map(String),
    timestamps: Float64Array.from(times, Number),
    predictions: typed(predictions, files[0]),
    ...(scored ? { scores: Float64Array.from(scores, Number) } : {}),
    ...(classScores === undefined ? {} : { classScores }),
    labels: typed(labels, files[1]),
    ...(known
      ? { entities: entities.map((entity, i) => (entity === null ? `prediction ${String(ids[i])}` : asText(entity))) }
      : {}),
    predicted,
  };
}

function classScoresOf(
  classes: readonly string[],
  columns: readonly (readonly unknown[])[],
  partly: boolean,
): LabelledRows["classScores"] {
  const all = classes.map((name, i) => ({
    name,
    scores: Float64Array.from(columns[i] ?? [], (score) => (typeof score === "number" ? score : Number.NaN)),
  }));
  // A champion that served none of the rows lacks rows, not scores.
  return givenClassScores(all, { partly }) ?? (partly && all.length > 0 ? all : undefined);
}
