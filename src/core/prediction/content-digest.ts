import { hash } from "node:crypto";
import { canonicalCategory } from "./canonical-category.ts";
import type { LogLabel, LogPrediction, RowSchema } from "./prediction.ts";

/** The key of a prediction id: the first 16 bytes of the sha256 of its UTF-8. */
export function idKey(predictionId: string): Uint8Array {
  return hash("sha256", predictionId, "buffer").subarray(0, 16);
}

/**
 * The first 8 bytes of the sha256 of what the log keeps of a prediction. The same for the same content, whatever file,
 * format or order of columns it came in, and whether a column without value was there or not.
 */
export function predictionDigest(row: LogPrediction, schema: RowSchema): Uint8Array {
  const parts = ["prediction", String(row.timestamp.getTime()), row.modelVersion, outcome(row.prediction)];
  parts.push(row.entityId === undefined ? "" : tagged(row.entityId));
  schema.scores.forEach((name, index) => {
    const score = row.scores[index];
    if (score !== undefined) parts.push("score", name, tagged(score));
  });
  schema.features.forEach(({ name }, index) => {
    const given = row.features[index];
    const value = typeof given === "string" ? canonicalCategory(given) : given;
    if (value !== undefined) parts.push("feature", name, tagged(value));
  });
  for (const name of row.invalid) parts.push("invalid", name);
  return digestOf(parts);
}

/** The same for a label. */
export function labelDigest(row: LogLabel): Uint8Array {
  return digestOf(["label", outcome(row.label), String(row.labelTimestamp.getTime())]);
}

/** A predicted or true class, or number. */
function outcome(value: number | string): string {
  return tagged(typeof value === "string" ? (canonicalCategory(value) ?? "") : value);
}

/** Tells the number 1 from the text "1"; JSON alone has no infinities. */
function tagged(value: number | string): string {
  return typeof value === "number" ? `n${value}` : `s${value}`;
}

/** JSON of a list of texts has one reading only: no two lists give the same bytes. */
function digestOf(parts: readonly string[]): Uint8Array {
  return hash("sha256", JSON.stringify(parts), "buffer").subarray(0, 8);
}
