import type { BaselineRecord, RowSchema } from "../../core/prediction/prediction.ts";
import { readBaselineRecord, rowRules } from "../../core/prediction/read-row.ts";
import type { RowSource } from "../../ports/row-source.ts";
import type { Scan } from "../../stages/ingest/scan.ts";
import { addOutcome, type Outcomes } from "./outcomes.ts";

export interface Refused {
  count: number;
  readonly reasons: string[];
}

const batchRows = 20_000;
const mostReasons = 5;

/** The rows of a file as a baseline keeps them, batch by batch; on the way their outcomes and refusals are gathered. */
export async function* readRecords(
  source: RowSource,
  scan: Scan,
  schema: RowSchema,
  latest: Date,
  outcomes: Outcomes,
  refused: Refused,
): AsyncGenerator<readonly BaselineRecord[]> {
  for await (const batch of source.batches(batchRows)) {
    const rules = rowRules(scan.columns, batch.columns, { schema, textual: source.textual, epoch: scan.epoch, latest });
    const records: BaselineRecord[] = [];
    for (const { line, values, problem } of batch.rows) {
      const outcome = problem === undefined ? readBaselineRecord(values, rules) : { refused: problem };
      if ("refused" in outcome) {
        refused.count += 1;
        if (refused.reasons.length < mostReasons) refused.reasons.push(`${source.unit} ${line}: ${outcome.refused}`);
      } else {
        addOutcome(outcomes, outcome.row);
        records.push(outcome.row);
      }
    }
    yield records;
  }
}
