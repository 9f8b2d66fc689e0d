import type { StateReads, StateWrites } from "../../ports/state.ts";
import { requireFound } from "./found.ts";
import { hasInserted } from "./inserted.ts";
import { encodeRow } from "./row-plugin.ts";
import type { Database } from "./tables.ts";

export const versionReads = (db: Database): StateReads["versions"] => ({
  list: (modelId) =>
    db.selectFrom("version").selectAll().where("modelId", "=", modelId).orderBy("createdAt").orderBy("name").execute(),
  find: (modelId, name) =>
    db.selectFrom("version").selectAll().where("modelId", "=", modelId).where("name", "=", name).executeTakeFirst(),
  async serving(model) {
    const found = await db
      .selectFrom("model")
      .innerJoin("version as champion", "champion.id", "model.championVersion")
      .leftJoin("run", (join) =>
        join.onRef("run.modelId", "=", "model.id").on("run.state", "=", "promoting").on("run.step", "=", "shadow"),
      )
      .leftJoin("version as challenger", "challenger.id", "run.candidateVersion")
      .select(["model.championEpoch as epoch", "champion.name as version", "champion.artifact as artifact"])
      .select(["challenger.name as other", "challenger.artifact as otherArtifact", "run.number as run"])
      .where("model.name", "=", model)
      .executeTakeFirst();
    if (found === undefined) return undefined;
    const { epoch, version, artifact, other, otherArtifact, run } = found;
    return {
      epoch,
      champion: { version, artifact },
      ...(other && run ? { challenger: { version: other, artifact: otherArtifact ?? undefined, run } } : {}),
    };
  },
  async get(id) {
    const query = db.selectFrom("version").selectAll().where("id", "=", id);
    return requireFound(await query.executeTakeFirst(), "version", id);
  },
});

export const versionWrites = (db: Database): StateWrites["versions"] => ({
  async insert(row) {
    const query = db.insertInto("version").values(encodeRow(row));
    return hasInserted(await query.onConflict((conflict) => conflict.doNothing()).executeTakeFirst());
  },
});
