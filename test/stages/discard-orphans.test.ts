import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { discardOrphans } from "../../src/stages/discard-orphans.ts";
import { now, openWorld } from "./run/world.ts";

test("old files that the log does not know go; those of every kind of row that it knows stay", async () => {
  const { state, ports, model, folder, close } = await openWorld();
  try {
    const schema = { prediction: "numeric", scores: [], features: [] } as const;
    const row = {
      predictionId: "a",
      timestamp: now,
      modelVersion: "2",
      prediction: 1,
      scores: [],
      entityId: undefined,
    };
    const write = () => ports.log.writePredictions(model.id, [{ ...row, features: [], invalid: [] }], schema);
    const [kept, orphans] = [await write(), await write()];
    await state.transaction(async (tx) => {
      const last = (await tx.log.files(model.id, "labels", {})).at(-1);
      if (last === undefined) throw new Error("no labels");
      const { ingestId, seq } = last;
      for (const file of kept)
        await tx.log.insertFile({ ...file, modelId: model.id, ingestId, kind: "shadow", seq: seq + 1 });
    });
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
    const old = new Date(Date.now() - 172_800_000);
    for (const { parentPath, name } of files) await utimes(join(parentPath, name), old, old);
    expect(await discardOrphans({ state, log: ports.log })).toBe(orphans.length);
    const left = (await readdir(folder, { recursive: true })).join("\n");
    for (const { path } of kept) expect(left).toContain(path);
    for (const { path } of orphans) expect(left).not.toContain(path);
  } finally {
    await close();
  }
});
