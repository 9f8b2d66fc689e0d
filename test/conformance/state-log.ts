import { createHash, randomUUID } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { hour, insertSampleModel, sampleIngest, sampleLogFile } from "../support/sample-rows.ts";
import type { GetState } from "./state.ts";

const keyOf = (id: string, content = id) => ({
  key: createHash("sha256").update(id).digest().subarray(0, 16),
  digest: createHash("sha256").update(content).digest().subarray(0, 8),
});
const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString("hex");

export function describeLogRows(getState: GetState): void {
  describe("the log", () => {
    test("an ingest is known by its digest, once per model", async () => {
      const state = getState();
      const { modelId } = await insertSampleModel(state);
      const ingest = sampleIngest(modelId);
      await state.transaction(async (tx) => {
        expect(await tx.log.insertIngest(ingest)).toBe(true);
        expect(await tx.log.insertIngest({ ...ingest, id: randomUUID() })).toBe(false);
      });
      expect(await state.log.findIngest(modelId, ingest.digest)).toEqual(ingest);
      expect(await state.log.findIngest(modelId, "other")).toBeUndefined();
    });

    test("files are found by what their rows may cover and by what was known", async () => {
      const state = getState();
      const { modelId } = await insertSampleModel(state);
      const ingest = sampleIngest(modelId);
      const span = (seq: number, first: number, last: number) =>
        sampleLogFile(modelId, ingest.id, { seq, path: `${seq}`, firstAt: hour(first), lastAt: hour(last) });
      const files = [span(2, 10, 12), span(1, 0, 5), span(3, 5, 6)];
      const labels = sampleLogFile(modelId, ingest.id, { seq: 4, kind: "labels", path: "4" });
      await state.transaction(async (tx) => {
        await tx.log.insertIngest(ingest);
        for (const file of [...files, labels]) await tx.log.insertFile(file);
      });
      const seqs = async (range: Parameters<typeof state.log.files>[2]) =>
        (await state.log.files(modelId, "predictions", range)).map(({ seq }) => seq);
      expect(await seqs({})).toEqual([1, 2, 3]);
      expect(await seqs({ asOfSeq: 2 })).toEqual([1, 2]);
      // A row at the window's start is in it, a row at its end is not.
      expect(await seqs({ from: hour(5), to: hour(10) })).toEqual([1, 3]);
      expect(await seqs({ from: hour(6), to: hour(11) })).toEqual([2, 3]);
      expect(await state.log.getFile(labels.id)).toEqual(labels);
      const taken = state.transaction((tx) => tx.log.insertFile({ ...labels, id: randomUUID() }));
      await expect(taken).rejects.toMatchObject({ code: "Conflict" });
    });

    test("keys are told apart by model and kind, and keep the content that came first", async () => {
      const state = getState();
      const [one, other] = [await insertSampleModel(state), await insertSampleModel(state)];
      const insert = (modelId: string, kind: "predictions" | "labels", keys: ReturnType<typeof keyOf>[]) =>
        state.transaction((tx) => tx.log.insertKeys(modelId, kind, keys));
      expect(await insert(one.modelId, "predictions", [keyOf("a"), keyOf("b"), keyOf("a", "changed")])).toBe(2);
      expect(await insert(one.modelId, "predictions", [keyOf("b", "changed"), keyOf("c")])).toBe(1);
      expect(await insert(other.modelId, "predictions", [keyOf("a", "theirs")])).toBe(1);
      expect(await insert(one.modelId, "labels", [keyOf("a", "label")])).toBe(1);
      expect(await insert(one.modelId, "labels", [])).toBe(0);
      const asked = ["a", "b", "c", "d", "a"].map((id) => keyOf(id).key);
      const known = await state.log.knownKeys(one.modelId, "predictions", asked);
      expect(known.size).toBe(3);
      for (const id of ["a", "b", "c"]) expect(hex(known.get(hex(keyOf(id).key) ?? ""))).toBe(hex(keyOf(id).digest));
      expect((await state.log.knownKeys(one.modelId, "predictions", [])).size).toBe(0);
    });

    test("45,000 keys, which take several statements, in one transaction", async () => {
      const state = getState();
      const { modelId } = await insertSampleModel(state);
      const keys = Array.from({ length: 45_000 }, (_, index) => keyOf(`${modelId} ${index}`));
      expect(await state.transaction((tx) => tx.log.insertKeys(modelId, "predictions", keys))).toBe(45_000);
      const known = await state.log.knownKeys(
        modelId,
        "predictions",
        keys.map(({ key }) => key),
      );
      expect(known.size).toBe(45_000);
      expect(hex(known.get(hex(keys[44_999]?.key) ?? ""))).toBe(hex(keys[44_999]?.digest));
    });

    test("two writers of the same keys in opposite order: each key counts for one of them", async () => {
      const state = getState();
      const { modelId } = await insertSampleModel(state);
      const keys = Array.from({ length: 5_000 }, (_, index) => keyOf(`${modelId} ${index}`));
      const fresh = await Promise.all(
        [keys, keys.toReversed()].map((each) =>
          state.transaction((tx) => tx.log.insertKeys(modelId, "predictions", each)),
        ),
      );
      expect(fresh.reduce((sum, each) => sum + each, 0)).toBe(5_000);
    });

    test("counts by baseline, file, hour and segment", async () => {
      const state = getState();
      const { modelId, baselineId } = await insertSampleModel(state);
      const ingest = sampleIngest(modelId);
      const files = [1, 2].map((seq) => sampleLogFile(modelId, ingest.id, { seq, path: `${seq}` }));
      const ids = files.map(({ id }) => id);
      const row = (logFileId: string, at: number, segment: string, edges: "all" | "few" = "all") => ({
        baselineId,
        logFileId,
        hour: hour(at),
        segment,
        edges,
        counts: Uint8Array.of(at, edges === "all" ? 0 : 1, 200),
      });
      const [first = "", second = ""] = ids;
      const rows = [row(first, 2, ""), row(first, 1, ""), row(first, 1, "country=NL"), row(second, 3, "")];
      const few = [row(first, 1, "", "few"), row(second, 2, "", "few")];
      await state.transaction(async (tx) => {
        await tx.log.insertIngest(ingest);
        for (const file of files) await tx.log.insertFile(file);
        await tx.counts.insert(rows.slice(0, 3));
      });
      expect(await state.counts.countedFiles(baselineId, ids)).toEqual(new Set([first]));
      await state.transaction((tx) => tx.counts.insert(rows));
      expect(await state.counts.countedFiles(baselineId, ids)).toEqual(new Set(ids));
      const read = await state.counts.read(baselineId, ids, { from: hour(1), to: hour(3), segment: "" });
      expect(read.map((each) => [each.hour, [...each.counts]])).toEqual([
        [hour(1), [1, 0, 200]],
        [hour(2), [2, 0, 200]],
      ]);
      // Counts with few edges are read where there are none with all.
      await state.transaction((tx) => tx.counts.insert(few));
      const either = await state.counts.read(baselineId, ids, { from: hour(1), to: hour(3), segment: "" });
      expect(new Set(either.map((each) => `${each.counts.join()} ${each.edges}`))).toEqual(
        new Set(["1,0,200 all", "2,0,200 all", "2,1,200 few"]),
      );
      expect(await state.counts.segments(baselineId, ids)).toEqual(["", "country=NL"]);
      expect(await state.counts.segments(baselineId, [])).toEqual([]);
    });
  });
}
