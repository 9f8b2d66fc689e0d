/*
 * Writes the tables that bench/check.ts reads: 1 million rows of 40 numeric and 10 categorical columns, baseline and
 * live, and narrow ones of 10 numeric columns with 1, 10 and 50 million rows. Columns have ties, zeros, long tails and 2 %
 * nulls.
 *
 *   tsc -p bench/tsconfig.json && node dist/bench/generate.js FOLDER [--large] [--huge]
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** Shapes of numeric columns, as SQL of the uniform number u; live rows are moved a little by `shift`. */
const shapes: readonly ((u: string, shift: number) => string)[] = [
  (u, shift) => `sqrt(-2 * ln(1 - ${u})) * cos(6.283185307179586 * random()) + ${shift}`,
  (u, shift) => `exp(sqrt(-2 * ln(1 - ${u})) * cos(6.283185307179586 * random()) + ${shift})`,
  (u, shift) => `floor(${u} * (90 + ${Math.round(shift * 100)}))`,
  (u, shift) => `CASE WHEN random() < 0.6 - ${shift} THEN 0 ELSE ${u} * 1000 END`,
];

function numericColumns(count: number, shift: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const value = (shapes[i % shapes.length] ?? ((u: string) => u))("random()", shift);
    return `CASE WHEN random() < 0.02 THEN NULL ELSE (${value})::DOUBLE END AS n${String(i).padStart(2, "0")}`;
  });
}

function categoricalColumns(shift: number): readonly string[] {
  const sizes = [5, 8, 12, 20, 40, 80, 200, 600, 2_000, 5_000];
  return sizes.map(
    (size, i) =>
      `CASE WHEN random() < 0.02 THEN NULL ELSE 'value ' || floor(power(random(), ${2 + shift}) * ${size})::INTEGER END AS c${i}`,
  );
}

async function writeTable(
  connection: DuckDBConnection,
  path: string,
  rows: number,
  columns: readonly string[],
): Promise<void> {
  if (existsSync(path)) return;
  await connection.run(
    `COPY (SELECT ${columns.join(", ")} FROM range(${rows})) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
  );
}

/** Paths of the tables below a folder. */
export function tables(folder: string) {
  return {
    baseline: join(folder, "wide-baseline.parquet"),
    live: join(folder, "wide-live.parquet"),
    narrowBaseline: join(folder, "narrow-baseline.parquet"),
    narrowLive: join(folder, "narrow-live-1m.parquet"),
    narrowLarge: join(folder, "narrow-live-10m.parquet"),
    narrowHuge: join(folder, "narrow-live-50m.parquet"),
  } as const;
}

export async function generate(
  folder: string,
  { large, huge }: { readonly large: boolean; readonly huge: boolean },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const paths = tables(folder);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET threads = 1");
  await connection.run("SELECT setseed(0.42)");
  const million = 1_000_000;
  await writeTable(connection, paths.baseline, million, [...numericColumns(40, 0), ...categoricalColumns(0)]);
  await writeTable(connection, paths.live, million, [...numericColumns(40, 0.02), ...categoricalColumns(0.05)]);
  await writeTable(connection, paths.narrowBaseline, million, numericColumns(10, 0));
  await writeTable(connection, paths.narrowLive, million, numericColumns(10, 0.02));
  if (large) await writeTable(connection, paths.narrowLarge, 10 * million, numericColumns(10, 0.02));
  if (huge) await writeTable(connection, paths.narrowHuge, 50 * million, numericColumns(10, 0.02));
  connection.closeSync();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [folder] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  if (folder === undefined) throw new Error("expected a folder to write to");
  await generate(folder, { large: process.argv.includes("--large"), huge: process.argv.includes("--huge") });
}
