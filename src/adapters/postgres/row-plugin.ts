import {
  CamelCasePlugin,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from "kysely";

/** Columns that hold JSON as text; a name means the same in every table. */
const jsonColumns: ReadonlySet<string> = new Set([
  "features",
  "lineage",
  "metrics",
  "quality",
  "performance",
  "body",
  "problems",
  "models",
  "segments",
  "explanation",
]);

function decodeValue(column: string, value: unknown): unknown {
  if (value === null) return undefined;
  return jsonColumns.has(column) && typeof value === "string" ? JSON.parse(value) : value;
}

/** Gives rows as the port declares them: undefined for null, JSON parsed. */
const portRows: KyselyPlugin = {
  transformQuery: ({ node }: PluginTransformQueryArgs): RootOperationNode => node,
  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    const rows = result.rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column, decodeValue(column, value)])),
    );
    return { ...result, rows };
  },
};

export const rowPlugins: KyselyPlugin[] = [new CamelCasePlugin({ maintainNestedObjectKeys: true }), portRows];

type Encoded<Row> = { [Column in keyof Row]: Row[Column] | string | null };

/**
 * A row, or a part of one, as the database takes it: JSON as text, null where a property is present and undefined.
 * An absent JSON value is left out, so that its column keeps what it has.
 */
export function encodeRow<Row extends object>(row: Row): Encoded<Row> {
  const columns = Object.entries(row).flatMap(([column, value]): [string, unknown][] => {
    if (!jsonColumns.has(column)) return [[column, value === undefined ? null : value]];
    return value === undefined ? [] : [[column, JSON.stringify(value)]];
  });
  return Object.fromEntries(columns) as Encoded<Row>;
}

/** Rows in pieces small enough for the 65,535 parameters of one statement. */
export function chunk<Row>(rows: readonly Row[], size: number): readonly (readonly Row[])[] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.slice(index * size, (index + 1) * size),
  );
}
