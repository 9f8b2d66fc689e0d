import { randomUUID } from "node:crypto";
import { rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { CountEngine } from "../../ports/count-engine.ts";
import { quoteName, quoteText } from "./quote.ts";
import type { Session } from "./session.ts";
import { openSource } from "./source.ts";

/** Writes the evaluation rows of a run as a service is to predict them. See the port. */
export async function writeEvaluationRows(
  session: Session,
  { keyPath, inputsPath, prefix, version, path }: Parameters<CountEngine["writeEvaluationRows"]>[0],
): Promise<void> {
  const inputs = await openSource(session, { paths: [inputsPath], format: "parquet" });
  const key = await openSource(session, { paths: [keyPath], format: "parquet" });
  const features = [...inputs.columns.keys()].filter((name) => name !== "id").map((name) => `, e.${quoteName(name)}`);
  const isParquet = path.endsWith(".parquet");
  const time = isParquet ? "k.timestamp" : "strftime(k.timestamp, '%Y-%m-%dT%H:%M:%S.%fZ')";
  const format = isParquet ? "parquet, COMPRESSION zstd" : path.endsWith(".csv") ? "csv, HEADER" : "json";
  // Written aside and renamed, so that nobody meets half a file.
  const aside = join(dirname(path), `.writing-${randomUUID()}-${basename(path)}`);
  await session.connection.run(
    `COPY (SELECT ${quoteText(prefix)} || e.id AS prediction_id, ${time} AS timestamp, ${quoteText(version)} AS model_version
      ${features.join("")} FROM ${inputs.from} e JOIN (SELECT id, timestamp FROM ${key.from}) k ON k.id = e.id
      ORDER BY length(e.id), e.id) TO ${quoteText(aside)} (FORMAT ${format})`,
  );
  await rename(aside, path);
}
