import type { CodedRows } from "../../core/drift/coded-rows.ts";
import { DriftwardError } from "../../core/errors.ts";
import { canonicalCategory } from "../../core/prediction/canonical-category.ts";
import { binLabels } from "../../core/profile/bin-counts.ts";
import type { FeatureBins } from "../../core/profile/bins.ts";
import { categoryCoder, numberCoder } from "../../core/profile/code-value.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import {
  filterColumns,
  filterCondition,
  microsecondsExpression,
  numberExpression,
  textExpression,
} from "./expressions.ts";
import { ownName } from "./quote.ts";
import { queryNumber, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";

type SampleRequest = Parameters<CountEngine["sample"]>[0];

/** Codes are 16 bits wide. */
const MAX_CODES = 65_536;

/** Rows as codes; see the port. */
export async function sampleRows(session: Session, request: SampleRequest): Promise<CodedRows> {
  const { bins } = request;
  const wide = bins.find((feature) => binLabels(feature).length > MAX_CODES);
  if (wide !== undefined)
    throw new DriftwardError("InvalidInput", `expected at most ${MAX_CODES} bins of feature "${wide.name}", got more`);
  if (request.files.paths.length === 0) return { rows: 0, codes: bins.map(() => new Uint16Array()) };
  const names = bins.map(({ name }) => name);
  const source = await openSource(session, request.files, [...names, ...filterColumns(request.filter), "timestamp"]);
  const columns = bins.map((feature) => codedColumn(source, feature));
  const time = source.columns.get("timestamp");
  const wanted = [
    ...columns.map(({ sql }) => sql),
    time === undefined ? "NULL::DOUBLE" : `(${microsecondsExpression(time)})::DOUBLE`,
  ];
  const filtered = `FROM ${source.from} WHERE ${filterCondition(source, request.filter)}`;
  const limit = limitOf(await queryNumber(session, `SELECT count(*) ${filtered}`), request.rows);
  // A multiplicative hash of the position spreads evenly and has no period that a daily pattern could share.
  const chosen = `((${ownName("position")} * 2654435761) % 4294967296) < ${limit}`;
  const reader = await session.connection.runAndReadAll(
    `SELECT ${wanted.join(", ")} FROM (SELECT *, row_number() OVER () AS ${ownName("position")} ${filtered}) WHERE ${chosen}`,
  );
  const read = reader.getColumns();
  const rows = reader.currentRowCount;
  const codes = columns.map(({ codeOf }, f) => Uint16Array.from(read[f] ?? [], codeOf));
  const times = Float64Array.from(read[bins.length] ?? [], (value) =>
    typeof value === "number" ? value / 1_000 : Number.NaN,
  );
  return times.some((value) => !Number.isNaN(value)) ? { rows, codes, times } : { rows, codes };
}

/** Hashes below it are taken: so many of 2^32 that the wanted number of rows is about met. */
function limitOf(rows: number, wanted: number): number {
  return rows <= wanted ? 2 ** 32 : Math.floor((wanted / rows) * 2 ** 32);
}

function codedColumn(source: Source, bins: FeatureBins): { readonly sql: string; codeOf(value: unknown): number } {
  const column = source.columns.get(bins.name);
  if (bins.kind === "numeric") {
    const code = numberCoder(bins);
    return {
      sql: column === undefined ? "NULL::DOUBLE" : numberExpression(column).value,
      codeOf: (value) => code(typeof value === "number" ? value : undefined),
    };
  }
  const code = categoryCoder(bins);
  return {
    sql: column === undefined ? "NULL::VARCHAR" : textExpression(column),
    codeOf: (value) => code(canonicalCategory(typeof value === "string" ? value : "")),
  };
}
