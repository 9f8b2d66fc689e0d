import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";

export type Row = Readonly<Record<string, string>>;

/** The recorded world that the demo replays: hourly rows by day, and labels by the day they arrived. */
export interface BikeWorld {
  /** Rows of a day (ISO date), each as it was logged, with the prediction of the first version. */
  rowsOf(day: string): readonly Row[];
  /** Labels that arrived on a day. */
  labelsOf(day: string): readonly Row[];
  /** Rows before a day. */
  rowsBefore(day: string): readonly Row[];
  /** Labels that arrived before a day. */
  labelsBefore(day: string): readonly Row[];
  /** Days with rows from a day on, in order. */
  daysFrom(day: string): readonly string[];
}

/** Reads the recorded rows and labels of examples/bike. */
export async function readBikeWorld(folder: URL): Promise<BikeWorld> {
  const read = async (name: string): Promise<readonly Row[]> =>
    parse(await readFile(new URL(name, folder)), { columns: true });
  const [rows, labels] = await Promise.all([read("predictions.csv"), read("labels.csv")]);
  const byDay = grouped(rows, "timestamp");
  const arrived = grouped(labels, "label_timestamp");
  return {
    rowsOf: (day) => byDay.get(day) ?? [],
    labelsOf: (day) => arrived.get(day) ?? [],
    rowsBefore: (day) => rows.filter((row) => (row.timestamp ?? "") < day),
    labelsBefore: (day) => labels.filter((row) => (row.label_timestamp ?? "") < day),
    daysFrom: (day) => [...byDay.keys()].filter((one) => one >= day).sort(),
  };
}

function grouped(rows: readonly Row[], column: string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const day = (row[column] ?? "").slice(0, 10);
    const group = groups.get(day);
    if (group === undefined) groups.set(day, [row]);
    else group.push(row);
  }
  return groups;
}
