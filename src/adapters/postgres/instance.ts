import type { StateReads } from "../../ports/state.ts";
import type { Database } from "./tables.ts";

export const instanceReads = (db: Database): StateReads["instance"] => ({
  id: async () => (await db.selectFrom("instance").select("id").executeTakeFirstOrThrow()).id,
});
