import type { Reject } from "../../ports/rejects.ts";
import type { RawBatch } from "../../ports/row-source.ts";
import { type Candidate, type Read, rejectOf } from "./read-chunk.ts";

/** Which version is tried in shadow, and whether the rows are said to be of it. */
export interface ShadowRules {
  readonly kind: "predictions" | "labels" | "shadow";
  readonly challenger: string | undefined;
}

/**
 * Keeps what a challenger predicts in shadow apart from what serves: shadow rows are of the version that is in shadow, and
 * rows of that version come in no other way, so that none is judged as a live prediction.
 */
export function keepApart<Row extends object>(
  batch: RawBatch,
  { candidates, rejects }: Read<Row>,
  rules: ShadowRules,
): Read<Row> {
  const kept: Candidate<Row>[] = [];
  const refused: Reject[] = [];
  for (const candidate of candidates) {
    const reason = objection(candidate.row, rules);
    if (reason === undefined) kept.push(candidate);
    else refused.push(rejectOf(batch, candidate.raw, reason));
  }
  return { candidates: kept, rejects: [...rejects, ...refused] };
}

function objection(row: object, { kind, challenger }: ShadowRules): string | undefined {
  const version = "modelVersion" in row && typeof row.modelVersion === "string" ? row.modelVersion : undefined;
  if (kind === "shadow") {
    if (challenger === undefined) return "no version is tried in shadow now";
    return version === challenger
      ? undefined
      : `expected rows of version ${challenger}, which is tried in shadow, got ${version}`;
  }
  return kind === "predictions" && challenger !== undefined && version === challenger
    ? `version ${challenger} is tried in shadow: its rows are taken in as shadow rows (ingest --shadow)`
    : undefined;
}
