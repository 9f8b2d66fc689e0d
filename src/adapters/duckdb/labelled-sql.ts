import type { DataFiles } from "../../ports/count-engine.ts";
import { columnKind, microsecondsExpression, requireColumn, textExpression } from "./expressions.ts";
import { quoteName } from "./quote.ts";
import type { Session } from "./session.ts";
import { openSource, type Source, type SourceColumn } from "./source.ts";

/**
 * A prediction or a label as it is compared: numbers (booleans are 1 and 0) as DOUBLE, everything else as text.
 * Text files have no types, so their text is left for `asNumbers` to judge.
 */
export function outcomeExpression(column: SourceColumn): string {
  const kind = columnKind(column.type);
  if (kind === "boolean") return `${quoteName(column.name)}::INTEGER::DOUBLE`;
  return kind === "numeric" ? `${quoteName(column.name)}::DOUBLE` : `${quoteName(column.name)}::VARCHAR`;
}

/** Text that is numbers throughout, as numbers. */
export function asNumbers(values: readonly (number | string)[]): readonly (number | string)[] {
  const numbers = values.map((value) =>
    typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value),
  );
  return numbers.every((value) => !Number.isNaN(value)) ? numbers : values;
}

/** SQL of a table (id, label, known): the first label of each prediction by the time it became known. */
export async function firstLabels(session: Session, files: DataFiles): Promise<string> {
  if (files.paths.length === 0) return "(SELECT NULL::VARCHAR AS id, NULL::DOUBLE AS label WHERE false)";
  const source = await openSource(session, files, ["prediction_id", "label", "label_timestamp"]);
  const id = textExpression(requireColumn(source, "prediction_id", "to join labels by"));
  const label = outcomeExpression(requireColumn(source, "label", "that holds the true outcome"));
  const time = source.columns.get("label_timestamp");
  const known = time === undefined ? "0" : microsecondsExpression(time);
  return `(SELECT id, label FROM (SELECT ${id} AS id, ${label} AS label, ${known} AS known FROM ${source.from})
    WHERE id IS NOT NULL AND label IS NOT NULL QUALIFY row_number() OVER (PARTITION BY id ORDER BY known NULLS LAST, label) = 1)`;
}

/** SQL of each system column that a labelled row has, by the name it gets. */
export function predictionColumns(
  source: Source,
): Readonly<Record<"id" | "time" | "prediction" | "score" | "entity", string>> {
  const score = source.columns.get("score");
  const entity = source.columns.get("entity_id");
  return {
    id: textExpression(requireColumn(source, "prediction_id", "that names each prediction")),
    time: microsecondsExpression(requireColumn(source, "timestamp", "that says when each prediction was made")),
    prediction: outcomeExpression(requireColumn(source, "prediction", "that holds what the model said")),
    score: score === undefined ? "NULL::DOUBLE" : `try_cast(${quoteName(score.name)} AS DOUBLE)`,
    entity: entity === undefined ? "NULL::VARCHAR" : textExpression(entity),
  };
}

/** A column of `score_<class>` and the class that it is of. */
export interface ClassColumn {
  readonly name: string;
  readonly column: SourceColumn;
}

/** What a trainer's file calls the class scores that the champion gives. */
export const championScorePrefix = "champion_score_";

/**
 * Columns of class scores, by class.
 *
 * @param prefix  of the columns: `score_`, or that of the champion's in a trainer's file
 */
export function classColumns({ columns }: Source, prefix = "score_"): readonly ClassColumn[] {
  return [...columns.values()]
    .filter(({ name }) => name.startsWith(prefix) && name.length > prefix.length)
    .map((column) => ({ name: column.name.slice(prefix.length), column }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** SQL of a class's score, or of none. */
export function classScoreExpression(column: SourceColumn | undefined): string {
  return column === undefined ? "NULL::DOUBLE" : `try_cast(${quoteName(column.name)} AS DOUBLE)`;
}
