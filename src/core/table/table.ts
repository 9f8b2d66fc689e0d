import { DriftwardError } from "../errors.ts";

/** One value as programs hold it; null, undefined, NaN and empty text are missing. */
export type Cell = number | string | boolean | bigint | Date | null | undefined;

export type ColumnValues =
  | readonly Cell[]
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | BigInt64Array
  | BigUint64Array;

/** Data in memory: columns of one length by name, or rows as objects (a name that a row lacks is missing there). */
export type TableInput = Readonly<Record<string, ColumnValues>> | readonly object[];

export interface TableColumn {
  readonly name: string;
  readonly type: "numeric" | "boolean" | "text" | "timestamp" | "other";
  /** Text that is numbers but for its commas: 0,5 or 1,234. */
  readonly commas?: true;
}

export interface Table {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ArrayLike<unknown>>;
}

/**
 * Rows or columns as a table; columns are taken as they are, not copied.
 *
 * @param what  which data it is, for messages: "the baseline"
 * @throws InvalidInput when a column is no array, columns differ in length, or a row is no object
 */
export function readTable(input: TableInput, what: string): Table {
  if (isRows(input)) return fromRows(input, what);
  if (!isObject(input))
    throw new DriftwardError("InvalidInput", `expected columns or rows for ${what}, got ${nameOf(input)}`, {
      hint: "give { name: [values], … } or [{ name: value, … }, …]",
    });
  const columns = new Map<string, ArrayLike<unknown>>(Object.entries<ColumnValues>(input));
  const rows = [...columns.values()][0]?.length ?? 0;
  for (const [name, values] of columns) {
    if (!isColumn(values))
      throw new DriftwardError(
        "InvalidInput",
        `expected an array for column ${name} of ${what}, got ${nameOf(values)}`,
      );
    if (values.length !== rows)
      throw new DriftwardError(
        "InvalidInput",
        `expected ${rows} values in column ${name} of ${what}, got ${values.length}`,
        {
          hint: "all columns need one value a row; write undefined where there is none",
        },
      );
  }
  return { rows, columns };
}

function fromRows(rows: readonly unknown[], what: string): Table {
  const columns = new Map<string, unknown[]>();
  for (const [index, row] of rows.entries()) {
    if (!isObject(row))
      throw new DriftwardError("InvalidInput", `expected an object as row ${index + 1} of ${what}, got ${nameOf(row)}`);
    for (const [name, value] of Object.entries(row as object)) {
      let column = columns.get(name);
      if (column === undefined) {
        column = new Array(rows.length);
        columns.set(name, column);
      }
      column[index] = value;
    }
  }
  return { rows: rows.length, columns };
}

function isRows(input: TableInput): input is readonly object[] {
  return Array.isArray(input);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !isColumn(value) && !(value instanceof Date);
}

function isColumn(value: unknown): boolean {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? (value.constructor?.name ?? "an object") : typeof value;
}
