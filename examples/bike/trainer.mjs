// The demo's training program, as `driftward.yaml` names it: reads what Driftward hands over, trains, predicts every
// evaluation row, and writes result.json. It never sees a label of the rows that it is judged on.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { predict, train } from "./model.mjs";

const {
  DRIFTWARD_TRAINING_DATA: trainingFile,
  DRIFTWARD_EVALUATION: evaluationFile,
  DRIFTWARD_OUTPUT: output,
  DRIFTWARD_CHAMPION_ARTIFACT: championFile,
  DRIFTWARD_PARAMETERS: parameters = "{}",
} = process.env;
const { days = 180 } = JSON.parse(parameters); // demand grows from year to year: older rows teach the wrong level

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
// Rows that another version served can be compared with the champion too, where it is at hand.
const champion = championFile === undefined ? [] : predict(JSON.parse(readFileSync(championFile, "utf8")), evaluation);
const csv = join(output, "predictions.csv");
const lines = evaluation.map((row, index) => `${row.id},${predictions[index]},${champion[index] ?? ""}`);
writeFileSync(csv, ["id,prediction,champion_prediction", ...lines].join("\n"));
const columns = "{'id': 'VARCHAR', 'prediction': 'DOUBLE', 'champion_prediction': 'DOUBLE'}";
await connection.run(
  `COPY (SELECT * FROM read_csv(${text(csv)}, header = true, columns = ${columns})) TO ${text(join(output, "predictions.parquet"))} (FORMAT parquet)`,
);
writeFileSync(
  join(output, "result.json"),
  JSON.stringify({ artifact: artifactFile, parameters: { days, rows: rows.length }, code: {} }),
);
console.log(`predicted ${evaluation.length} rows`);
