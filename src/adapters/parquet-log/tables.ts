import type { BaselineRecord, LogLabel, LogPrediction, RowSchema } from "../../ports/log.ts";

type ColumnType = "DOUBLE" | "VARCHAR" | "TIMESTAMP";
export type Cell = number | string | Date | undefined;

/** A column of a file and how its cell is taken from a row. */
export interface TableColumn<Row> {
  readonly name: string;
  readonly type: ColumnType;
  readonly cell: (row: Row) => Cell;
}

const typeOf = { numeric: "DOUBLE", categorical: "VARCHAR" } as const;
const hourMs = 3_600_000;

export function predictionColumns(schema: RowSchema): readonly TableColumn<LogPrediction>[] {
  return [
    { name: "prediction_id", type: "VARCHAR", cell: (row) => row.predictionId },
    { name: "timestamp", type: "TIMESTAMP", cell: (row) => row.timestamp },
    { name: "model_version", type: "VARCHAR", cell: (row) => row.modelVersion },
    { name: "prediction", type: typeOf[schema.prediction], cell: (row) => row.prediction },
    ...sharedColumns(schema),
    { name: "_hour", type: "TIMESTAMP", cell: (row) => startOfHour(row.timestamp) },
  ];
}

export function labelColumns(schema: RowSchema): readonly TableColumn<LogLabel>[] {
  return [
    { name: "prediction_id", type: "VARCHAR", cell: (row) => row.predictionId },
    { name: "label", type: typeOf[schema.prediction], cell: (row) => row.label },
    { name: "label_timestamp", type: "TIMESTAMP", cell: (row) => row.labelTimestamp },
  ];
}

export function baselineColumns(schema: RowSchema): readonly TableColumn<BaselineRecord>[] {
  return [
    { name: "timestamp", type: "TIMESTAMP", cell: (row) => row.timestamp },
    { name: "prediction", type: typeOf[schema.prediction], cell: (row) => row.prediction },
    { name: "label", type: typeOf[schema.prediction], cell: (row) => row.label },
    ...sharedColumns(schema),
  ];
}

type Shared = Pick<LogPrediction, "scores" | "features" | "entityId" | "invalid">;

function sharedColumns(schema: RowSchema): readonly TableColumn<Shared>[] {
  return [
    ...schema.scores.map((name, index) => column(name, "DOUBLE", (row) => row.scores[index])),
    column("entity_id", "VARCHAR", (row) => row.entityId),
    ...schema.features.map(({ name, kind }, index) => column(name, typeOf[kind], (row) => row.features[index])),
    column("_invalid", "VARCHAR", (row) => (row.invalid.length === 0 ? undefined : JSON.stringify(row.invalid))),
  ];
}

function column(name: string, type: ColumnType, cell: (row: Shared) => Cell): TableColumn<Shared> {
  return { name, type, cell };
}

function startOfHour(at: Date): Date {
  return new Date(Math.floor(at.getTime() / hourMs) * hourMs);
}
