import type { StateReads, StateWrites } from "../../ports/state.ts";
import { hasInserted } from "./inserted.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

export const calibrationReads = (db: Database): StateReads["calibrations"] => ({
  find: (digest) => db.selectFrom("calibration").selectAll().where("digest", "=", digest).executeTakeFirst(),
});

export const calibrationWrites = (db: Database): StateWrites["calibrations"] => ({
  /** The same inputs give the same answer, whoever derives it: the first to write wins. */
  async insert(row) {
    const insert = db.insertInto("calibration").values(encodeRow(row));
    return hasInserted(await insert.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
});
