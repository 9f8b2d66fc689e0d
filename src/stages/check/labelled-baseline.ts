import type { LabelledBaseline } from "../../core/calibration/performance-effects.ts";
import { scoredRows, type Task } from "../../core/metrics/metric.ts";
import { classOf, isClassScore } from "../../core/prediction/contract.ts";
import { isWithin } from "../../core/quarantine/quarantine.ts";
import type { Window } from "../../core/window.ts";
import type { CountEngine } from "../../ports/count-engine.ts";

/** Rows that are read at most: dependence shows in fewer. */
const mostRows = 200_000;

/** The labelled rows of a baseline that have a time; undefined when there are none. */
export async function labelledBaseline(
  engine: CountEngine,
  path: string,
  task: Task,
  except: readonly Window[] = [],
): Promise<LabelledBaseline | undefined> {
  const files = { paths: [path], format: "parquet" } as const;
  const known = new Set((await engine.describe(files)).columns.map(({ name }) => name));
  const classes = [...known].filter(isClassScore).sort();
  const wanted = ["timestamp", "prediction", "label", "score", "entity_id", ...classes];
  const columns = wanted.filter((name) => known.has(name));
  const rows = (await engine.rows({ files, columns, limit: mostRows })).flatMap(
    ({ timestamp, prediction, label, entity_id: entity, ...scores }, n) =>
      timestamp instanceof Date && !isWithin(except, timestamp.getTime()) && isValue(prediction) && isValue(label)
        ? [{ at: timestamp.getTime(), prediction, label, scores, entity: entity === undefined ? ` row ${n}` : entity }]
        : [],
  );
  if (rows.length === 0) return undefined;
  const numbersOf = (column: string) =>
    Float64Array.from(rows, ({ scores: { [column]: value } }) => (typeof value === "number" ? value : Number.NaN));
  const scores = numbersOf("score");
  const classScores = classes
    .map((column) => ({ name: classOf(column), scores: numbersOf(column) }))
    .filter((one) => one.scores.some(Number.isFinite));
  const entities = rows.map(({ entity }) => String(entity));
  return {
    timestamps: Float64Array.from(rows, ({ at }) => at),
    rows: scoredRows(task, {
      predictions: rows.map(({ prediction }) => prediction),
      labels: rows.map(({ label }) => label),
      ...(scores.every(Number.isNaN) ? {} : { scores }),
      ...(classScores.length === 0 ? {} : { classScores }),
      ...(new Set(entities).size < entities.length ? { entities } : {}),
    }),
  };
}

function isValue(value: unknown): value is number | string {
  return typeof value === "number" || typeof value === "string";
}
