import type { InsertResult } from "kysely";

/** Whether an insert that does nothing on a taken key put its row in. */
export const hasInserted = ({ numInsertedOrUpdatedRows }: InsertResult): boolean =>
  (numInsertedOrUpdatedRows ?? 0n) > 0n;
