import { expect, test } from "@jest/globals";
import { manifestDigest, recordedData } from "../../../src/core/run/run-data.ts";

const span = { trainingRows: 3, evaluationRows: 2, cut: "2026-01-01T00:00:00.000Z", until: "2026-02-01T00:00:00.000Z" };
const file = { kind: "predictions", path: "m/predictions/day=2026-01-01/a.parquet", sha256: "ab", rows: 5 } as const;

test("the trail keeps the digest of a manifest, which any change of a file changes", () => {
  expect(recordedData(span)).toEqual(span);
  expect(recordedData({ ...span, manifest: [file] })).toEqual({
    ...span,
    manifest: { files: 1, sha256: manifestDigest([file]) },
  });
  const others = [[], [{ ...file, rows: 6 }], [{ ...file, sha256: "ac" }], [file, file], [{ ...file, path: "b" }]];
  expect(new Set([[file], ...others].map(manifestDigest)).size).toBe(6);
});
