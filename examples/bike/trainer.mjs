// The demo's training program, as `driftward.yaml` names it: reads what Driftward hands over, trains, predicts every
// evaluation row, and writes result.json. It never sees a label of the rows that it is judged on.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { predict, train } from "./model.mjs";

const {
  DRIFTWARD_TRAINING_DATA: trainingFile,
  DRIFTWARD_EVALUATION: evaluationFile,
  DRIFTWARD_OUTPUT: output,
} = process.env;
const days = 180; // demand grows from year to year: older rows teach the wrong level

const database = await DuckDBInstance.create();
const connection = await database.connect();
const text = (value) => `'${value.replaceAll("'", "''")}'`;

async function readRows(file, where = "") {
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet(${text(file)}) ${where}`);
  return reader.getRowObjectsJson();
}

const recent = `WHERE timestamp >= (SELECT max(timestamp) FROM read_parquet(${text(trainingFile)})) - INTERVAL ${days} DAY ORDER BY timestamp, prediction_id`;
const rows = await readRows(trainingFile, recent);
console.log(`training on ${rows.length} rows of the last ${days} days`);
const artifact = await train(rows, {
  progress: (epoch, loss) => console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}`),
});
const artifactFile = join(output, "model.json");
writeFileSync(artifactFile, JSON.stringify(artifact));

const evaluation = await readRows(evaluationFile);
const predictions = predict(artifact, evaluation);
const csv = join(output, "predictions.csv");
writeFileSync(csv, ["id,prediction", ...evaluation.map((row, index) => `${row.id},${predictions[index]}`)].join("\n"));
await connection.run(
  `COPY (SELECT id, prediction FROM read_csv(${text(csv)}, columns = {'id': 'VARCHAR', 'prediction': 'DOUBLE'})) TO ${text(join(output, "predictions.parquet"))} (FORMAT parquet)`,
);
writeFileSync(
  join(output, "result.json"),
  JSON.stringify({ artifact: artifactFile, parameters: { days, rows: rows.length }, code: {} }),
);
console.log(`predicted ${evaluation.length} rows`);
