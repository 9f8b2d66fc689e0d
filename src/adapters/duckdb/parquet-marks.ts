import { fstatSync, readSync } from "node:fs";

const shortest = 12;

/** Whether an open file begins and ends as Parquet does; what is between is the reader's to say. */
export function hasParquetMarks(file: number): boolean {
  const { size } = fstatSync(file);
  if (size < shortest) return false;
  const marks = Buffer.alloc(8);
  readSync(file, marks, 0, 4, 0);
  readSync(file, marks, 4, 4, size - 4);
  return marks.toString("latin1") === "PAR1PAR1";
}
